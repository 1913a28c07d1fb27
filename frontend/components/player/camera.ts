import type { Box3 } from "three";
import { MathUtils, Vector3 } from "three";

/** Where a camera stands around what it looks at. Radians; yaw 0 is on the side of +Z, where the film was taken. */
export interface View {
  yaw: number;
  /** Above the horizon. */
  pitch: number;
}

const ACROSS = MathUtils.degToRad(28); // across the shorter side: mild, like a portrait lens
const MARGIN = 0.1; // of the shorter side, kept free all around in the first view
const STEEPEST = MathUtils.degToRad(85);

export const FIRST_VIEW: View = { yaw: 0, pitch: MathUtils.degToRad(7) };

/** The views that are asked for by name. From right above, up is where the back is. */
export const SIDES = {
  front: { yaw: 0, pitch: 0 },
  side: { yaw: Math.PI / 2, pitch: 0 },
  back: { yaw: Math.PI, pitch: 0 },
  top: { yaw: 0, pitch: MathUtils.degToRad(89.9) },
} as const satisfies Record<string, View>;

export type SideName = keyof typeof SIDES;

/** From all of these the whole mesh is within the picture. */
const ALL_AROUND: readonly View[] = [0, 45, 90, 135, 180, 225, 270, 315].map((yaw) => ({
  yaw: MathUtils.degToRad(yaw),
  pitch: FIRST_VIEW.pitch,
}));

/** Degrees from top to bottom, which is what three's cameras want, for a picture of width / height `aspect`. */
export function verticalAngle(aspect: number): number {
  const shorter = Math.tan(ACROSS / 2);
  return MathUtils.radToDeg(2 * Math.atan(aspect >= 1 ? shorter : shorter / aspect));
}

/** Unit vector from what is looked at to the camera. */
export function directionOf({ yaw, pitch }: View): Vector3 {
  return new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch));
}

/**
 * The least distance from the middle of a box at which all of it is within the margins in the first view, and
 * within the picture from all around.
 *
 * @param box around all frames.
 * @param aspect the picture's width / height.
 * @returns the distance in the box's unit; 1 for a box without size.
 */
export function fittingDistance(box: Box3, aspect: number): number {
  const corners = cornersFromMiddle(box);
  const first = distanceFor(corners, FIRST_VIEW, aspect, 1 - 2 * MARGIN);
  return Math.max(first, ...ALL_AROUND.map((view) => distanceFor(corners, view, aspect, 1))) || 1;
}

/** The least distance at which all points are within a share of the picture's shorter side. */
function distanceFor(points: readonly Vector3[], view: View, aspect: number, share: number): number {
  const reach = Math.tan(ACROSS / 2) * share;
  const wide = reach * Math.max(aspect, 1);
  const high = reach * Math.max(1 / aspect, 1);
  const towards = directionOf(view);
  const right = new Vector3(Math.cos(view.yaw), 0, -Math.sin(view.yaw));
  const up = new Vector3().crossVectors(towards, right);
  return points.reduce((distance, point) => {
    const needed = Math.max(Math.abs(point.dot(right)) / wide, Math.abs(point.dot(up)) / high);
    return Math.max(distance, needed + point.dot(towards));
  }, 0);
}

/** The view turned by so many radians; never over the top. */
export function turned({ yaw, pitch }: View, byYaw: number, byPitch: number): View {
  return { yaw: yaw + byYaw, pitch: MathUtils.clamp(pitch + byPitch, -STEEPEST, STEEPEST) };
}

/** The view that a camera at this offset from what it looks at has. */
export function viewFrom(offset: Vector3): View {
  const flat = Math.hypot(offset.x, offset.z);
  return { yaw: Math.atan2(offset.x, offset.z), pitch: Math.atan2(offset.y, flat) };
}

function cornersFromMiddle(box: Box3): Vector3[] {
  const half = box.getSize(new Vector3()).multiplyScalar(0.5);
  return [-1, 1].flatMap((x) =>
    [-1, 1].flatMap((y) => [-1, 1].map((z) => new Vector3(x * half.x, y * half.y, z * half.z))),
  );
}
