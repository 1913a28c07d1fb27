"use client";

import { moment } from "@/components/ui/words";
import styles from "./Overview.module.css";
import { StripPictures } from "./StripPictures";
import type { View } from "./view";

interface Props {
  pictures: readonly string[];
  durationS: number;
  startS: number;
  endS: number;
  /** What the strip below shows. */
  view: View;
  /** Moves the part, which keeps its length. */
  onMove: (startS: number) => void;
}

const WIDTH = 1000; // of the drawing, stretched to whatever the strip is wide
const STEP_S = 0.1;

/** A long video as a small strip, and a slider that moves the part over it. */
export function Overview({ pictures, durationS, startS, endS, view, onMove }: Props) {
  const at = (seconds: number) => (seconds / durationS) * WIDTH;
  return (
    <div className={styles.root}>
      <StripPictures urls={pictures} />
      <svg className={styles.marks} viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
        <rect className={styles.view} x={at(view.fromS)} width={at(view.toS - view.fromS)} height={10} />
        <rect className={styles.part} x={at(startS)} width={Math.max(3, at(endS - startS))} height={10} />
      </svg>
      <input
        type="range"
        className={styles.slider}
        aria-label="Where in the video the part is"
        aria-valuetext={`from ${moment(startS)} on, of ${moment(durationS)}`}
        min={0}
        max={Math.max(0, durationS - (endS - startS))}
        step={STEP_S}
        value={startS}
        onChange={(event) => onMove(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
