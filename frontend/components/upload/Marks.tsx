"use client";

import { type PointerEvent, useState } from "react";
import type { Box, Point } from "./choices";
import styles from "./Marks.module.css";
import { boxBetween, clicked, GRIPS, type Grip, gripAt, type Place, placeOfGrip, pulled } from "./marking";
import type { Tool } from "./VideoStage";

interface Props {
  tool: Tool;
  box: Box | null;
  points: Point[];
  onBox: (box: Box | null) => void;
  onPoints: (points: Point[]) => void;
}

/** What the pointer is at: a new box between two corners, or one that is pulled. */
type Drag = { from: Place; to: Place; pulling: { box: Box; grip: Grip } | null };

const REACH_PX = { mouse: 12, touch: 24 };

/** What marks the subject, drawn over the video by pointer. The fields beside it do the same by keyboard. */
export function Marks({ tool, box, points, onBox, onPoints }: Props) {
  const [drag, setDrag] = useState<Drag | null>(null);
  if (tool === "none") return null;

  function down(event: PointerEvent<SVGSVGElement>) {
    const at = placeOf(event);
    if (tool !== "box") return onPoints(clicked(points, at, tool === "on"));
    event.currentTarget.setPointerCapture(event.pointerId);
    const grip = box && gripAt(box, at, reachOf(event));
    setDrag({ from: at, to: at, pulling: box && grip && { box, grip } });
  }

  function up() {
    const drawn = drag && drawnBy(drag);
    if (drawn) onBox(drawn); // a click leaves the box as it is
    setDrag(null);
  }

  const shown = (drag && drawnBy(drag)) ?? box;
  return (
    <svg
      className={styles.marks}
      aria-hidden="true"
      onPointerDown={down}
      onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: placeOf(event) })}
      onPointerUp={up}
      onPointerCancel={() => setDrag(null)}
    >
      {tool === "box" && shown !== null && <Frame box={shown} />}
      {tool !== "box" && points.map((point) => <Dot key={point.join()} point={point} />)}
    </svg>
  );
}

/** The box as the pointer has it; null while that is too small to be meant. */
function drawnBy({ from, to, pulling }: Drag): Box | null {
  if (pulling === null) return boxBetween(from, to);
  return pulled(pulling.box, pulling.grip, { x: to.x - from.x, y: to.y - from.y });
}

function reachOf({ pointerType, currentTarget }: PointerEvent<SVGSVGElement>): Place {
  const pixels = pointerType === "touch" ? REACH_PX.touch : REACH_PX.mouse;
  const { width, height } = currentTarget.getBoundingClientRect();
  return { x: pixels / width, y: pixels / height };
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
      {GRIPS.map((grip) => {
        const { x, y } = placeOfGrip(box, grip);
        return (
          <circle
            key={`${grip.x} ${grip.y}`}
            className={`${styles.grip} ${cursorOf(grip)}`}
            cx={`${x * 100}%`}
            cy={`${y * 100}%`}
            r={6}
          />
        );
      })}
    </>
  );
}

function cursorOf({ x, y }: Grip): string | undefined {
  if (y === 0) return styles.sideways;
  if (x === 0) return styles.upDown;
  return x === y ? styles.falling : styles.rising;
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
