import { Segments } from "@/components/ui/Segments";
import { BACKDROPS, type Backdrop } from "./backdrops";
import type { SideName } from "./camera";
import styles from "./LookPanel.module.css";
import type { Player } from "./player";
import type { PlayerState } from "./state";
import type { Shading } from "./types";

const SIDES: readonly { side: SideName; name: string }[] = [
  { side: "front", name: "Front" },
  { side: "side", name: "Side" },
  { side: "back", name: "Back" },
  { side: "top", name: "Top" },
];

const SHADINGS: readonly { value: Shading; name: string }[] = [
  { value: "lit", name: "Lit" },
  { value: "flat", name: "Flat" },
  { value: "normals", name: "Normals" },
  { value: "uv", name: "UV" },
];

const STOPS = 2; // of exposure, up and down

interface Props {
  id: string;
  hidden: boolean;
  player: Player | null;
  state: PlayerState;
  backdrop: Backdrop;
  onBackdrop: (backdrop: Backdrop) => void;
}

/** How the mesh is looked at and lit. */
export function LookPanel({ id, hidden, player, state, backdrop, onBackdrop }: Props) {
  const { look, hasTexture, hasUv } = state;
  const shadings = SHADINGS.filter(({ value }) =>
    value === "uv" ? hasUv : value === "flat" ? hasTexture : true,
  );
  return (
    <div id={id} className={styles.panel} hidden={hidden}>
      <fieldset className={styles.group}>
        <legend>View from</legend>
        <div className={styles.sides}>
          {SIDES.map(({ side, name }) => (
            <button key={side} type="button" className={styles.side} onClick={() => player?.lookFrom(side)}>
              {name}
            </button>
          ))}
        </div>
      </fieldset>
      <Segments
        legend="Surface"
        name={`${id}-shading`}
        value={look.shading}
        choices={shadings}
        onChange={(shading) => player?.setLook({ shading })}
      />
      <label className={styles.exposure}>
        <span>Exposure</span>
        <input
          type="range"
          min={-STOPS}
          max={STOPS}
          step={0.25}
          value={look.exposure}
          aria-valuetext={`${look.exposure} stops`}
          onChange={(event) => player?.setLook({ exposure: event.currentTarget.valueAsNumber })}
        />
      </label>
      <Segments
        legend="Background"
        name={`${id}-backdrop`}
        value={backdrop}
        choices={BACKDROPS}
        onChange={onBackdrop}
      />
    </div>
  );
}
