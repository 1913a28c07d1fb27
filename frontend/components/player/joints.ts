import { Group, type LineBasicMaterial, Points, PointsMaterial, SkeletonHelper } from "three";
import type { Model } from "./model";

const BONES = 0x15803d;
const JOINTS = 0x14532d;
const PIXELS = 6; // across a joint

/** The joints of a rigged model and the bones between them, seen through its surface. */
export interface Joints {
  readonly group: Group;
  dispose(): void;
}

/** Null where a model has none. */
export function newJoints({ root, moveJoints }: Model): Joints | null {
  if (moveJoints === null) return null;
  const bones = new SkeletonHelper(root); // follows them by itself
  const drawn = bones.material as LineBasicMaterial;
  drawn.vertexColors = false;
  drawn.color.set(BONES);
  const dots = new PointsMaterial({
    color: JOINTS,
    size: PIXELS,
    sizeAttenuation: false,
    depthTest: false,
    depthWrite: false,
    toneMapped: false,
    transparent: true, // drawn after the surface
  });
  const ends = new Points(bones.geometry, dots);
  ends.frustumCulled = bones.frustumCulled = false;
  const group = new Group();
  group.add(bones, ends);
  return {
    group,
    dispose() {
      bones.dispose();
      dots.dispose();
    },
  };
}
