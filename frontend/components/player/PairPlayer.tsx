"use client";

import { useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { onThemeChange, shownTheme } from "@/components/ui/theme";
import { useReducedMotion } from "@/components/ui/useReducedMotion";
import { type Backdrop, themeOf } from "./backdrops";
import { LookPanel } from "./LookPanel";
import { Overlay } from "./Overlay";
import styles from "./Player.module.css";
import { bothOf, couple } from "./pair";
import { perform } from "./perform";
import { Shortcuts } from "./Shortcuts";
import { type PanelName, Toolbar } from "./Toolbar";
import { Transport } from "./Transport";
import type { MeshSource, PlayerFacts } from "./types";
import { useFullscreen } from "./useFullscreen";
import { usePlayer } from "./usePlayer";
import { useShortcuts } from "./useShortcuts";

/** One of the two. */
export interface Side {
  source: MeshSource;
  /** What tells it from the other, such as "Version 2". */
  name: string;
  poster: string | undefined;
  facts: PlayerFacts | undefined;
}

/** Two animated meshes side by side, with one transport and one camera. */
export function PairPlayer({ first, second }: { first: Side; second: Side }) {
  const root = useRef<HTMLElement>(null);
  const [left, right] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const id = useId();
  const calm = useReducedMotion();
  const page = useSyncExternalStore(onThemeChange, shownTheme, () => "light" as const);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [ownBackdrop, setOwnBackdrop] = useState<Backdrop | null>(null);
  const backdrop = ownBackdrop ?? page;
  const theme = themeOf(backdrop);
  const { toggle: toggleFull } = useFullscreen(root);
  const shared = { calm, turning: false, theme };
  const hint = `${id}-hint`;
  const one = usePlayer(left, { ...first, ...shared }, { label: `${first.name}, a 3D mesh`, hint });
  const other = usePlayer(
    right,
    { ...second, ...shared, led: true },
    { label: `${second.name}, a 3D mesh`, hint },
  );
  const { player, state } = one;
  const [leads, follows] = [state.phase === "ready", other.state.phase === "ready"];

  useEffect(() => {
    if (player === null || other.player === null || !leads || !follows) return;
    return couple(player, other.player);
  }, [player, other.player, leads, follows]);

  const both = useMemo(
    () => (player !== null && other.player !== null ? bothOf(player, other.player) : null),
    [player, other.player],
  );
  useShortcuts(root, (command) => perform(command, both, toggleFull));

  const sides = [
    { ...first, ...one, host: left, place: "left" },
    { ...second, ...other, host: right, place: "right" },
  ];
  return (
    <section ref={root} className={styles.player} aria-label="Two meshes side by side">
      <div className={`${styles.screens} ${styles.pair}`}>
        {sides.map(({ host, name, poster, state, restart, place }) => (
          <div
            key={place}
            className={styles.stage}
            data-stage={theme}
            data-backdrop={backdrop}
            data-phase={state.phase}
          >
            <div ref={host} className={styles.host} />
            <Overlay state={state} poster={poster} theme={theme} onRestart={restart} />
            <span className={styles.side}>{name}</span>
          </div>
        ))}
      </div>
      <Transport player={player} state={state} />
      <Toolbar
        player={both}
        state={{ ...state, hasTexture: state.hasTexture || other.state.hasTexture }}
        animated
        textured={state.hasTexture || other.state.hasTexture}
        clip={null}
        onClip={() => undefined}
        panels={{ shown: panel, show: setPanel, idOf: (name) => `${id}-${name}`, names: ["look", "keys"] }}
      />
      <LookPanel
        id={`${id}-look`}
        hidden={panel !== "look"}
        player={both}
        backdrop={backdrop}
        onBackdrop={setOwnBackdrop}
        {...{ state }}
      />
      <Shortcuts id={`${id}-keys`} hidden={panel !== "keys"} />
      <p id={hint} className="visually-hidden">
        Arrow keys turn both views, plus and minus zoom, space plays.
      </p>
    </section>
  );
}
