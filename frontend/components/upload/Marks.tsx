"use client";

import { type PointerEvent, useState } from "react";
import type { Box, Point } from "./choices";
import styles from "./Marks.module.css";
import { boxBetween, clicked, type Place } from "./marking";
import type { Tool } from "./VideoStage";

interface Props {
  tool: Tool;
  box: Box | null;
  points: Point[];
  onBox: (box: Box | null) => void;
  onPoints: (points: Point[]) => void;
}

/** What marks the subject, drawn over the video by pointer. The fields beside it do the same by keyboard. */
export function Marks({ tool, box, points, onBox, onPoints }: Props) {
  const [drawing, setDrawing] = useState<{ from: Place; to: Place } | null>(null);
  if (tool === "none") return null;

  function down(event: PointerEvent<SVGSVGElement>) {
    const at = placeOf(event);
    if (tool !== "box") return onPoints(clicked(points, at, tool === "on"));
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrawing({ from: at, to: at });
  }

  function up() {
    if (drawing === null) return;
    onBox(boxBetween(drawing.from, drawing.to));
    setDrawing(null);
  }

  const shown = drawing === null ? box : boxBetween(drawing.from, drawing.to);
  return (
    <svg
      className={styles.marks}
      aria-hidden="true"
      onPointerDown={down}
      onPointerMove={(event) => drawing !== null && setDrawing({ ...drawing, to: placeOf(event) })}
      onPointerUp={up}
      onPointerCancel={() => setDrawing(null)}
    >
      {tool === "box" && shown !== null && <Frame box={shown} />}
      {tool !== "box" && points.map((point) => <Dot key={point.join()} point={point} />)}
    </svg>
  );
}

/** The picture outside of the box is darker. Lengths are shares of the picture, so that lines keep their width. */
function Frame({ box }: { box: Box }) {
  const [x0, y0, x1, y1] = box.map((value) => value * 100) as Box;
  const inner = { x: `${x0}%`, y: `${y0}%`, width: `${x1 - x0}%`, height: `${y1 - y0}%` };
  return (
    <>
      <rect className={styles.shade} width="100%" height={`${y0}%`} />
      <rect className={styles.shade} y={`${y1}%`} width="100%" height={`${100 - y1}%`} />
      <rect className={styles.shade} y={inner.y} width={`${x0}%`} height={inner.height} />
      <rect className={styles.shade} x={`${x1}%`} y={inner.y} width={`${100 - x1}%`} height={inner.height} />
      <rect className={styles.halo} {...inner} />
      <rect className={styles.frame} {...inner} />
    </>
  );
}

function Dot({ point: [x, y, onSubject] }: { point: Point }) {
  return (
    <svg
      className={onSubject ? styles.on : styles.off}
      x={`${x * 100}%`}
      y={`${y * 100}%`}
      aria-hidden="true"
    >
      <circle r={9} />
      <path d={onSubject ? "M-4 0H4M0-4V4" : "M-4 0H4"} />
    </svg>
  );
}

function placeOf(event: PointerEvent<SVGSVGElement>): Place {
  const bounds = event.currentTarget.getBoundingClientRect();
  return { x: (event.clientX - bounds.left) / bounds.width, y: (event.clientY - bounds.top) / bounds.height };
}
