import type { Box, Choices, Point } from "./choices";
import type { Taken } from "./taken";

export const MOST_POINTS = 32; // that a request takes
const LEAST_SIDE = 0.02; // of the picture: a smaller box is a click
const NEAR = 0.025; // of the picture: so close to a point it is that point that is meant

export interface Place {
  x: number;
  y: number;
}

const SAME_S = 0.0005; // so close two moments are one frame

/**
 * How the marks stand to the frames that will be taken, the first of which they are for.
 *
 * right: they were made on it. elsewhere: on another, as the part has moved. unknown: which frame will be the first only
 * the worker can tell.
 */
export type Standing = "none" | "right" | "elsewhere" | "unknown";

export function standingOf({ box, points, markedAtS }: Choices, taken: Taken): Standing {
  if (box === null && points.length === 0) return "none";
  const [first] = taken.times;
  if (first === undefined) return taken.available === null ? "unknown" : "none"; // too short is said already
  const isSame = typeof markedAtS === "number" && Math.abs(first - markedAtS) < SAME_S;
  return isSame ? "right" : "elsewhere";
}

/** What of a box is pulled: its left or right side, -1 or 1, its top or bottom, or with neither all of it. */
export interface Grip {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** The grips at corners and sides. */
export const GRIPS: readonly Grip[] = ([-1, 0, 1] as const).flatMap((x) =>
  ([-1, 0, 1] as const).map((y) => ({ x, y })).filter(({ y }) => x !== 0 || y !== 0),
);

/** Where a grip of a box is. */
export function placeOfGrip([x0, y0, x1, y1]: Box, { x, y }: Grip): Place {
  return { x: (x0 + x1 + x * (x1 - x0)) / 2, y: (y0 + y1 + y * (y1 - y0)) / 2 };
}

/**
 * What of a box a pointer takes hold of.
 *
 * @param reach how near a grip is near enough, as shares of the picture's width and height
 * @returns null off the box
 */
export function gripAt(box: Box, at: Place, reach: Place): Grip | null {
  const distance = (grip: Grip) => {
    const place = placeOfGrip(box, grip);
    return Math.hypot((at.x - place.x) / reach.x, (at.y - place.y) / reach.y);
  };
  const [nearest] = [...GRIPS].sort((a, b) => distance(a) - distance(b));
  if (nearest !== undefined && distance(nearest) <= 1) return nearest;
  const [x0, y0, x1, y1] = box;
  return at.x > x0 && at.x < x1 && at.y > y0 && at.y < y1 ? { x: 0, y: 0 } : null;
}

/** A box that was pulled by so much, as shares of the picture; it stays inside, and keeps its least size. */
export function pulled(box: Box, { x, y }: Grip, by: Place): Box {
  if (x === 0 && y === 0) {
    const dx = Math.min(1 - box[2], Math.max(-box[0], by.x));
    const dy = Math.min(1 - box[3], Math.max(-box[1], by.y));
    return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
  }
  const aside = x === 0 ? box : x < 0 ? withSide(box, 0, box[0] + by.x) : withSide(box, 2, box[2] + by.x);
  return y === 0 ? aside : y < 0 ? withSide(aside, 1, box[1] + by.y) : withSide(aside, 3, box[3] + by.y);
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
