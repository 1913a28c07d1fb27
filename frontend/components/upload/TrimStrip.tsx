"use client";

import { type PointerEvent, useRef } from "react";
import { moment, span } from "@/components/ui/words";
import styles from "./TrimStrip.module.css";

interface Props {
  /** Addresses of pictures, evenly over the video; empty while they are made. */
  pictures: string[];
  durationS: number;
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

/** The video as a strip of pictures, with a handle for either end of the part, and a tick for every frame. */
export function TrimStrip(props: Props) {
  const { pictures, durationS, startS, endS, minS, onChange, onLook } = props;
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

  return (
    <div className={styles.root}>
      <div className={styles.strip}>
        <div className={styles.pictures}>
          {pictures.map((url) => (
            // biome-ignore lint/performance/noImgElement: a picture made in the browser
            <img key={url} src={url} alt="" draggable={false} />
          ))}
        </div>
        <Overlay {...props} />
        <Handle label="Start of the part" value={startS} max={durationS} onChange={start} />
        <Handle label="End of the part" value={endS} max={durationS} onChange={end} />
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

function Handle(props: { label: string; value: number; max: number; onChange: (value: number) => void }) {
  return (
    <input
      type="range"
      className={styles.handle}
      aria-label={props.label}
      aria-valuetext={`${props.value.toFixed(2)} seconds`}
      min={0}
      max={props.max}
      step={STEP_S}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.valueAsNumber)}
    />
  );
}

/** What is left out is dimmed; the part can be pulled along as a whole. */
function Overlay({ durationS, startS, endS, ticks, onChange, onLook }: Props) {
  const drag = useRef<{ x: number; startS: number } | null>(null);
  const at = (seconds: number) => (seconds / durationS) * WIDTH;
  const length = endS - startS;

  function move(event: PointerEvent<SVGRectElement>) {
    const width = event.currentTarget.ownerSVGElement?.getBoundingClientRect().width;
    if (drag.current === null || width === undefined || width === 0) return;
    const wanted = drag.current.startS + ((event.clientX - drag.current.x) / width) * durationS;
    const next = Math.round(Math.min(Math.max(0, wanted), durationS - length) / STEP_S) * STEP_S;
    onChange(next, Math.min(durationS, next + length));
    onLook(next);
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
        width={at(length)}
        height={64}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, startS };
        }}
        onPointerMove={move}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerCancel={() => {
          drag.current = null;
        }}
      />
    </svg>
  );
}
