"use client";

import { type PointerEvent, type RefObject, useRef, useState } from "react";
import { moment, span } from "@/components/ui/words";
import { Overview } from "./Overview";
import { Playhead } from "./Playhead";
import { StripPictures } from "./StripPictures";
import styles from "./TrimStrip.module.css";
import { useFinePictures } from "./useFinePictures";
import { isLong, type View, viewAfter, viewOf } from "./view";

interface Props {
  file: File;
  video: RefObject<HTMLVideoElement | null>;
  /** Addresses of pictures, evenly over the video; empty while they are made. */
  pictures: string[];
  durationS: number;
  /** Where the video's first frame is on its own clock, in seconds. */
  firstS: number;
  fps: number;
  startS: number;
  endS: number;
  /** The shortest part, in seconds. */
  minS: number;
  /** Where frames will be taken, in seconds. */
  ticks: number[];
  onChange: (startS: number, endS: number) => void;
  /** Shows a moment of the video, while a handle is at it. */
  onLook: (atS: number) => void;
}

const WIDTH = 1000; // of the drawing over the pictures, stretched to whatever the strip is wide
const STEP_S = 0.01;

/**
 * The video as a strip of pictures, with a handle for either end of the part, a tick for every frame, and the moment
 * that is shown. Of a long video it shows what is around the part; a strip above it shows all.
 */
export function TrimStrip(props: Props) {
  const { file, video, pictures, durationS, firstS, fps, startS, endS, minS, onChange, onLook } = props;
  const [view, setView] = useState(() => viewOf(startS, endS, durationS));
  const shown = useFinePictures(file, pictures, view, durationS, firstS);
  const latestStart = Math.max(0, endS - minS);
  const earliestEnd = Math.min(durationS, startS + minS);

  function start(value: number) {
    const next = Math.min(value, latestStart);
    onChange(next, endS);
    onLook(next);
  }

  function end(value: number) {
    const next = Math.max(value, earliestEnd);
    onChange(startS, next);
    onLook(next);
  }

  function move(value: number) {
    const next = Math.round(value / STEP_S) * STEP_S;
    const nextEnd = Math.min(durationS, next + endS - startS);
    onChange(next, nextEnd);
    setView(viewOf(next, nextEnd, durationS));
    onLook(next);
  }

  const settle = () => setView(viewAfter(view, startS, endS, durationS));
  const handle = { view, onSettle: settle };

  return (
    <div className={styles.root}>
      {isLong(durationS) && (
        <Overview
          pictures={pictures}
          durationS={durationS}
          startS={startS}
          endS={endS}
          view={view}
          onMove={move}
        />
      )}
      <div className={styles.strip}>
        <StripPictures urls={shown} />
        <Part {...props} view={view} onSettle={settle} />
        <Handle label="Start of the part" value={startS} onChange={start} {...handle} />
        <Handle label="End of the part" value={endS} onChange={end} {...handle} />
        <Playhead video={video} view={view} firstS={firstS} stepS={1 / fps} onLook={onLook} />
      </div>
      <p className={styles.readout}>
        <span>
          {moment(startS)} – {moment(endS)}
        </span>
        <span className={styles.length}>{span(endS - startS)} chosen</span>
      </p>
    </div>
  );
}

interface HandleProps {
  label: string;
  value: number;
  view: View;
  onChange: (value: number) => void;
  /** It was let go. */
  onSettle: () => void;
}

function Handle({ label, value, view, onChange, onSettle }: HandleProps) {
  return (
    <input
      type="range"
      className={styles.handle}
      aria-label={label}
      aria-valuetext={`${value.toFixed(2)} seconds`}
      min={view.fromS}
      max={view.toS}
      step={STEP_S}
      value={value}
      onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      onPointerUp={onSettle}
      onPointerCancel={onSettle}
      onKeyUp={onSettle}
    />
  );
}

/** What is left out is dimmed; the part can be pulled along as a whole. */
function Part(props: Props & { view: View; onSettle: () => void }) {
  const { durationS, startS, endS, ticks, view, onChange, onLook, onSettle } = props;
  const drag = useRef<{ x: number; startS: number } | null>(null);
  const lengthS = view.toS - view.fromS;
  const at = (seconds: number) => Math.min(1, Math.max(0, (seconds - view.fromS) / lengthS)) * WIDTH;
  const partS = endS - startS;

  function move(event: PointerEvent<SVGRectElement>) {
    const width = event.currentTarget.ownerSVGElement?.getBoundingClientRect().width;
    if (drag.current === null || width === undefined || width === 0) return;
    const wanted = drag.current.startS + ((event.clientX - drag.current.x) / width) * lengthS;
    const next = Math.round(Math.min(Math.max(0, wanted), durationS - partS) / STEP_S) * STEP_S;
    onChange(next, Math.min(durationS, next + partS));
    onLook(next);
  }

  function drop() {
    if (drag.current !== null) onSettle();
    drag.current = null;
  }

  return (
    <svg className={styles.overlay} viewBox={`0 0 ${WIDTH} 64`} preserveAspectRatio="none" aria-hidden="true">
      <rect className={styles.out} x={0} width={at(startS)} height={64} />
      <rect className={styles.out} x={at(endS)} width={Math.max(0, WIDTH - at(endS))} height={64} />
      {ticks.map((tick) => (
        <line key={tick} className={styles.tick} x1={at(tick)} x2={at(tick)} y1={50} y2={64} />
      ))}
      <rect
        className={styles.part}
        x={at(startS)}
        width={at(endS) - at(startS)}
        height={64}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, startS };
        }}
        onPointerMove={move}
        onPointerUp={drop}
        onPointerCancel={drop}
      />
    </svg>
  );
}
