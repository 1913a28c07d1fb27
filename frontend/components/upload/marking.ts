import type { Box, Point } from "./choices";

export const MOST_POINTS = 32; // that a request takes
const LEAST_SIDE = 0.02; // of the picture: a smaller box is a click
const NEAR = 0.025; // of the picture: so close to a point it is that point that is meant

export interface Place {
  x: number;
  y: number;
}

/** The box between two corners, inside the picture; null if it is too small to be meant. */
export function boxBetween(a: Place, b: Place): Box | null {
  const box: Box = [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const inside = box.map((value) => Math.min(1, Math.max(0, value))) as Box;
  return inside[2] - inside[0] < LEAST_SIDE || inside[3] - inside[1] < LEAST_SIDE ? null : inside;
}

/** The points after a click: one more, or one less where there was one. */
export function clicked(points: Point[], at: Place, onSubject: boolean): Point[] {
  const hit = points.findIndex(([x, y]) => Math.hypot(x - at.x, y - at.y) < NEAR);
  if (hit >= 0) return points.filter((_, index) => index !== hit);
  if (points.length >= MOST_POINTS) return points;
  return [...points, [at.x, at.y, onSubject]];
}

/** A box with one of its sides moved, 0 to 1; it keeps its least size. */
export function withSide(box: Box, side: 0 | 1 | 2 | 3, value: number): Box {
  const next: Box = [...box];
  const other = next[(side + 2) % 4] ?? 0;
  const bounded = side < 2 ? Math.min(value, other - LEAST_SIDE) : Math.max(value, other + LEAST_SIDE);
  next[side] = Math.min(1, Math.max(0, bounded));
  return next;
}
