import type { ReactNode } from "react";
import { PlayerIcon, type PlayerIconName } from "./PlayerIcon";
import { SPEEDS } from "./playback";
import type { Player } from "./player";
import type { PlayerState } from "./state";
import styles from "./Toolbar.module.css";
import type { Loop } from "./types";

const LOOPS: readonly { value: Loop; name: string }[] = [
  { value: "fro", name: "To and fro" },
  { value: "around", name: "Around" },
  { value: "once", name: "Once" },
];

interface Props {
  player: Player | null;
  state: PlayerState;
  /** Whether the mesh plays, and has a texture, or will. */
  animated: boolean;
  textured: boolean;
  /** Whether the source video is shown; null where there is none. */
  clip: boolean | null;
  onClip: (shown: boolean) => void;
  panels: Panels;
}

/** What opens below the controls. */
export type PanelName = "look" | "save" | "keys";

interface Panels {
  shown: PanelName | null;
  show: (name: PanelName | null) => void;
  /** The element's id. */
  idOf: (name: PanelName) => string;
  /** Those that there are; all, where it is left out. */
  names?: readonly PanelName[];
}

const PANELS: readonly { name: PanelName; icon: PlayerIconName; title: string }[] = [
  { name: "look", icon: "sun", title: "Look" },
  { name: "save", icon: "save", title: "Save as" },
  { name: "keys", icon: "keys", title: "Keys" },
];

/** What is shown, and how it plays. */
export function Toolbar({ player, state, animated, textured, clip, onClip, panels }: Props) {
  const { look, turning, rig, hasJoints, hasDifference } = state;
  return (
    <div className={styles.toolbar}>
      <div className={styles.toggles}>
        {textured && (
          <Toggle icon="picture" on={look.textured} set={(textured) => player?.setLook({ textured })}>
            Texture
          </Toggle>
        )}
        <Toggle icon="wires" on={look.wireframe} set={(wireframe) => player?.setLook({ wireframe })}>
          Wireframe
        </Toggle>
        <Toggle icon="grid" on={look.grid} set={(grid) => player?.setLook({ grid })}>
          Grid
        </Toggle>
        <Toggle icon="turn" on={turning} set={(on) => player?.setTurning(on)}>
          Turntable
        </Toggle>
        {rig !== "none" && (
          <Toggle icon="rig" on={rig === "shown"} set={(on) => player?.setRig(on)} busy={rig === "loading"}>
            {rig === "failed" ? "Rig: try again" : "Rig"}
          </Toggle>
        )}
        {hasJoints && (
          <Toggle icon="joints" on={look.joints} set={(joints) => player?.setLook({ joints })}>
            Joints
          </Toggle>
        )}
        {hasDifference && (
          <Toggle icon="error" on={look.difference} set={(difference) => player?.setLook({ difference })}>
            Error
          </Toggle>
        )}
        {clip !== null && (
          <Toggle icon="film" on={clip} set={onClip}>
            Video
          </Toggle>
        )}
      </div>
      <div className={styles.choices}>
        {animated && <Choices player={player} state={state} />}
        {PANELS.filter(({ name }) => panels.names?.includes(name) ?? true).map(({ name, icon, title }) => (
          <button
            key={name}
            type="button"
            className={`${styles.toggle} ${name === "keys" ? styles.keys : ""}`}
            aria-expanded={panels.shown === name}
            aria-controls={panels.idOf(name)}
            onClick={() => panels.show(panels.shown === name ? null : name)}
          >
            <PlayerIcon name={icon} />
            {title}
          </button>
        ))}
      </div>
    </div>
  );
}

function Choices({ player, state: { speed, loop } }: Pick<Props, "player" | "state">) {
  return (
    <>
      <label className={styles.choice}>
        <span>Speed</span>
        <select value={speed} onChange={(event) => player?.setSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
      </label>
      <label className={styles.choice}>
        <span>Loop</span>
        <select value={loop} onChange={(event) => player?.setLoop(event.currentTarget.value as Loop)}>
          {LOOPS.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

interface ToggleProps {
  icon: PlayerIconName;
  on: boolean;
  set: (on: boolean) => void;
  /** Whether it is on its way. */
  busy?: boolean;
  children: ReactNode;
}

function Toggle({ icon, on, set, busy = false, children }: ToggleProps) {
  return (
    <button
      type="button"
      className={styles.toggle}
      aria-pressed={on}
      aria-busy={busy}
      onClick={() => busy || set(!on)}
    >
      <PlayerIcon name={icon} />
      {children}
    </button>
  );
}
