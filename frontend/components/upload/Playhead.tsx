"use client";

import { type RefObject, useEffect, useState } from "react";
import styles from "./TrimStrip.module.css";
import type { View } from "./view";

interface Props {
  video: RefObject<HTMLVideoElement | null>;
  view: View;
  /** Where the video's first frame is on its own clock, in seconds. */
  firstS: number;
  /** Seconds from one frame to the next. */
  stepS: number;
  onLook: (atS: number) => void;
}

/** The moment that is shown, as a line over the strip, and a slider that goes from frame to frame. */
export function Playhead({ video, view, firstS, stepS, onLook }: Props) {
  const atS = useMoment(video) - firstS;
  const shown = Math.min(view.toS, Math.max(view.fromS, atS));
  const at = `${(100 * (shown - view.fromS)) / (view.toS - view.fromS)}%`;
  return (
    <>
      <svg className={styles.head} aria-hidden="true">
        <line x1={at} x2={at} y1="0" y2="100%" />
      </svg>
      <input
        type="range"
        className={styles.scrub}
        aria-label="Moment shown"
        aria-valuetext={`${shown.toFixed(2)} seconds`}
        min={view.fromS}
        max={view.toS}
        step="any"
        value={shown}
        onKeyDown={(event) => {
          const by = STEPS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          onLook(Math.min(view.toS, Math.max(view.fromS, shown + by * stepS)));
        }}
        onChange={(event) => onLook(event.currentTarget.valueAsNumber)}
      />
    </>
  );
}

/** Frames that a key goes on by. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** The moment that a video shows, in seconds on its own clock; followed at every frame of the screen while it plays. */
function useMoment(video: RefObject<HTMLVideoElement | null>): number {
  const [atS, setAtS] = useState(0);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    let asked = 0;
    const tell = () => {
      setAtS(element.currentTime);
      cancelAnimationFrame(asked);
      if (!element.paused) asked = requestAnimationFrame(tell);
    };
    const events = ["loadeddata", "seeking", "seeked", "play", "pause"];
    for (const event of events) element.addEventListener(event, tell);
    tell();
    return () => {
      cancelAnimationFrame(asked);
      for (const event of events) element.removeEventListener(event, tell);
    };
  }, [video]);
  return atS;
}
