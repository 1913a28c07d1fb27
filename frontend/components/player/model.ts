import type { Box3, BufferAttribute, BufferGeometry, Color, Group, Mesh, Side, Texture } from "three";
import { Box3 as Box, Vector3 } from "three";
import { type Morph, mixMorph } from "./morph";
import { between } from "./playback";
import { bend, type Rig } from "./rig";

/** A mesh of the file: its surface, and how its vertices move. */
export interface Part {
  /** In its place in the scene; its geometry's positions and normals are written anew for each time. */
  readonly mesh: Mesh<BufferGeometry>;
  readonly skin: Skin;
  /** Null where there are no normals: then it is drawn with flat faces. */
  readonly normals: Morph | null;
  readonly positions: Morph;
  /** Of each key one weight a target; empty where it stands still. */
  readonly weights: ArrayLike<number>;
  /** What bends it after that; null where nothing does. */
  readonly rig: Rig | null;
}

/** What a part's surface looks like in the file. */
export interface Skin {
  readonly texture: Texture | null;
  readonly colour: Color;
  readonly side: Side;
  /** 0 is a mirror, 1 is matt. */
  readonly roughness: number;
  /** Whether its vertices have colours. */
  readonly painted: boolean;
  /** Whether the file wants it shown as it is, without light. */
  readonly unlit: boolean;
}

/** A GLB ready to be shown. */
export interface Model {
  readonly root: Group;
  readonly parts: readonly Part[];
  /** Moves its joints to where they are at a time, in seconds; null where it has none. */
  readonly moveJoints: ((timeS: number) => void) | null;
  /** Seconds of each key, from 0 on; [0] where nothing moves. */
  readonly keyTimes: readonly number[];
  /** Seconds in the source video of each frame taken, as the file has them; empty if it does not say. */
  readonly taken: readonly number[];
  /** Whether its last key is its first again. */
  readonly loops: boolean;
  readonly hasTexture: boolean;
}

/** Moves all vertices to where they are at a time of the animation, in seconds. */
export function pose(model: Model, timeS: number): void {
  const { key, share } = between(model.keyTimes, timeS);
  model.moveJoints?.(timeS);
  for (const part of model.parts) {
    const { position, normal } = part.mesh.geometry.attributes;
    if (position === undefined) continue;
    const weights = mixedWeights(part, key, share);
    const points = position.array as Float32Array;
    mixMorph(part.positions, weights, points);
    position.needsUpdate = true;
    const normals = part.normals === null || normal === undefined ? null : (normal.array as Float32Array);
    if (part.normals !== null && normals !== null) {
      mixMorph(part.normals, weights, normals);
      (normal as BufferAttribute).needsUpdate = true;
    }
    if (part.rig !== null) bend(part.rig, points, normals);
  }
}

/** Whether the model has texture coordinates. */
export function hasUv({ parts }: Pick<Model, "parts">): boolean {
  return parts.some(({ mesh }) => mesh.geometry.attributes.uv !== undefined);
}

/** Whether the model moves at all. */
export function moves({ keyTimes }: Pick<Model, "keyTimes">): boolean {
  return keyTimes.length > 1;
}

/**
 * The box around all keys, in the scene's units. three's own takes all morph targets at once, which is too large.
 *
 * @param pause awaited between keys, so that a large mesh does not hold up the page.
 */
export async function boxOfAllKeys(model: Model, pause: () => Promise<void>): Promise<Box3> {
  const box = new Box();
  model.root.updateMatrixWorld(true);
  for (const timeS of model.keyTimes) {
    pose(model, timeS);
    for (const { mesh } of model.parts) {
      const points = mesh.geometry.attributes.position?.array as Float32Array;
      box.union(boxOf(points).applyMatrix4(mesh.matrixWorld));
    }
    await pause();
  }
  return box.isEmpty() ? new Box(new Vector3(), new Vector3()) : box;
}

/** Frees what the GPU holds of it. */
export function disposeModel({ parts }: Model): void {
  for (const { mesh, skin } of parts) {
    mesh.geometry.dispose();
    skin.texture?.dispose();
    const image: unknown = skin.texture?.image;
    if (typeof ImageBitmap !== "undefined" && image instanceof ImageBitmap) image.close();
  }
}

function mixedWeights({ positions, weights }: Part, key: number, share: number): Float32Array {
  const count = positions.deltas.length;
  return Float32Array.from({ length: count }, (_, target) => {
    const here = weights[key * count + target] ?? 0;
    const next = share === 0 ? here : (weights[(key + 1) * count + target] ?? here);
    return here + (next - here) * share;
  });
}

function boxOf(points: Float32Array): Box3 {
  const min = [Infinity, Infinity, Infinity] as [number, number, number];
  const max = [-Infinity, -Infinity, -Infinity] as [number, number, number];
  for (let i = 0; i < points.length; i++) {
    const axis = (i % 3) as 0 | 1 | 2;
    const value = points[i] as number;
    if (value < min[axis]) min[axis] = value;
    if (value > max[axis]) max[axis] = value;
  }
  return new Box(new Vector3(...min), new Vector3(...max));
}
