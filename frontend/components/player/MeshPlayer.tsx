"use client";

import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { onThemeChange, shownTheme } from "@/components/ui/theme";
import { useReducedMotion } from "@/components/ui/useReducedMotion";
import { aspectOf } from "./aspect";
import { type Backdrop, themeOf } from "./backdrops";
import { Clip } from "./Clip";
import { Corner } from "./Corner";
import { DifferenceScale } from "./DifferenceScale";
import { LookPanel } from "./LookPanel";
import { Overlay } from "./Overlay";
import styles from "./Player.module.css";
import { perform } from "./perform";
import { SavePanel } from "./SavePanel";
import { Shortcuts } from "./Shortcuts";
import { type PanelName, Toolbar } from "./Toolbar";
import { Transport } from "./Transport";
import type { MeshPlayerProps } from "./types";
import { useFullscreen } from "./useFullscreen";
import { usePlayer } from "./usePlayer";
import { useShortcuts } from "./useShortcuts";

/**
 * An animated mesh that can be played, stepped, turned and looked at closely, with its source video beside it;
 * also for a mesh that stands still. three.js comes with it, so pages load it lazily.
 */
export function MeshPlayer(props: MeshPlayerProps) {
  const { source, rigged, name, video, videoStartS = 0, poster, facts, turning = false, onSnapshot } = props;
  const root = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const id = useId();
  const calm = useReducedMotion();
  const page = useSyncExternalStore(onThemeChange, shownTheme, () => "light" as const);
  const [ownBackdrop, setOwnBackdrop] = useState<Backdrop | null>(null);
  const backdrop = ownBackdrop ?? page;
  const theme = themeOf(backdrop);
  const [clipShown, setClipShown] = useState(true);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const { full, toggle: toggleFull } = useFullscreen(root);
  const { player, state, restart } = usePlayer(
    host,
    { source, rigged, calm, turning, theme, facts, onSnapshot },
    { label: `${name}, a 3D mesh`, hint: `${id}-hint` },
  );
  const { phase, look, keyTimes } = state;
  const [brokenClip, setBrokenClip] = useState<string | null>(null);
  const withClip = video !== undefined && video !== brokenClip && clipShown;
  // What an animated mesh on its way will need has its place already.
  const awaited = phase === "loading" ? facts : undefined;
  const animated = keyTimes.length > 1 || awaited !== undefined;
  const textured = state.hasTexture || awaited?.engine === "silhouette";
  const usable = phase !== "failed" && phase !== "no-webgl";

  // biome-ignore lint/correctness/useExhaustiveDependencies: the page's own change of theme takes back the stage's
  useEffect(() => setOwnBackdrop(null), [page]);

  useShortcuts(root, (command) => perform(command, player, toggleFull));

  return (
    <section ref={root} className={styles.player} aria-label={`3D player: ${name}`} data-phase={phase}>
      <div className={styles.screens} data-aspect={withClip ? aspectOf(facts?.source) : undefined}>
        {withClip && (
          <Clip
            src={video}
            startS={videoStartS}
            player={player}
            alone={!usable}
            onBroken={() => setBrokenClip(video)}
          />
        )}
        <div ref={stage} className={styles.stage} data-stage={theme} data-backdrop={backdrop}>
          <div ref={host} className={styles.host} />
          {state.hasDifference && look.difference && <DifferenceScale />}
          <Overlay state={state} poster={poster} theme={theme} onRestart={restart} />
          {usable && (
            <Corner
              theme={theme}
              onTheme={setOwnBackdrop}
              onReset={() => player?.resetView()}
              {...{ full, toggleFull }}
            />
          )}
        </div>
      </div>
      {video !== undefined && video === brokenClip && (
        <p className={styles.broken}>This browser cannot play the source video.</p>
      )}
      {animated && <Transport player={player} state={state} />}
      {usable && (
        <Toolbar
          player={player}
          state={state}
          animated={animated}
          textured={textured}
          clip={video === undefined || video === brokenClip ? null : clipShown}
          onClip={setClipShown}
          panels={{ shown: panel, show: setPanel, idOf: (name) => `${id}-${name}` }}
        />
      )}
      {usable && (
        <LookPanel
          id={`${id}-look`}
          hidden={panel !== "look"}
          backdrop={backdrop}
          onBackdrop={setOwnBackdrop}
          {...{ player, state }}
        />
      )}
      {usable && (
        <SavePanel id={`${id}-save`} hidden={panel !== "save"} {...{ player, state, name, stage }} />
      )}
      <Shortcuts id={`${id}-keys`} hidden={panel !== "keys"} />
      <p id={`${id}-hint`} className="visually-hidden">
        Arrow keys turn the view, plus and minus zoom, space plays.
      </p>
      <p className="visually-hidden" role="status">
        {phase === "ready" ? "The mesh is shown." : ""}
      </p>
    </section>
  );
}
