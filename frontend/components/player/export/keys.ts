import { type BufferGeometry, Matrix3, type Matrix4, Vector2, Vector3 } from "three";
import { type Model, type Part, pose } from "../model";

/** The vertices of one part at one key, in the scene, three numbers each; normals of length 1, null where it has none. */
export interface PosedPart {
  positions: Float32Array;
  normals: Float32Array | null;
}

/** Awaited between keys, so that a large mesh does not hold up the page; it may throw to end the work. */
export type Pause = (done: number, of: number) => Promise<void>;

/** Where all vertices are at each key, one array a part; whatever profile the file had, or rig. */
export async function posedKeys(model: Model, pause: Pause): Promise<PosedPart[][]> {
  const keys: PosedPart[][] = [];
  for (const timeS of model.keyTimes) {
    pose(model, timeS);
    model.root.updateMatrixWorld(true);
    keys.push(model.parts.map(posed));
    await pause(keys.length, model.keyTimes.length);
  }
  return keys;
}

function posed({ mesh, normals }: Part): PosedPart {
  const { position, normal } = mesh.geometry.attributes;
  return {
    positions: moved(position?.array as Float32Array, mesh.matrixWorld),
    normals: normals === null ? null : turned(normal?.array as Float32Array, mesh.matrixWorld),
  };
}

function moved(points: Float32Array, by: Matrix4): Float32Array {
  const [out, point] = [points.slice(), new Vector3()];
  for (let i = 0; i < out.length; i += 3) point.fromArray(out, i).applyMatrix4(by).toArray(out, i);
  return out;
}

function turned(normals: Float32Array, by: Matrix4): Float32Array {
  const [out, normal, matrix] = [normals.slice(), new Vector3(), new Matrix3().getNormalMatrix(by)];
  for (let i = 0; i < out.length; i += 3) {
    normal.fromArray(out, i).applyMatrix3(matrix).normalize().toArray(out, i);
  }
  return out;
}

/** A part's texture coordinates as plain numbers, two a vertex, v downwards as in glTF; null where it has none. */
export function plainUv({ mesh, skin }: Part): Float32Array | null {
  const uv = mesh.geometry.attributes.uv;
  if (uv === undefined) return null;
  const [out, at] = [new Float32Array(2 * uv.count), new Vector2()];
  skin.texture?.updateMatrix();
  for (let vertex = 0; vertex < uv.count; vertex += 1) {
    at.set(uv.getX(vertex), uv.getY(vertex));
    if (skin.texture !== null) at.applyMatrix3(skin.texture.matrix);
    at.toArray(out, 2 * vertex);
  }
  return out;
}

/** A part's colours of vertices as plain numbers; null where it has none. */
export function plainColours(geometry: BufferGeometry): { values: Float32Array; size: number } | null {
  const colour = geometry.attributes.color;
  if (colour === undefined) return null;
  const values = new Float32Array(colour.count * colour.itemSize);
  for (let vertex = 0; vertex < colour.count; vertex += 1) {
    for (let c = 0; c < colour.itemSize; c += 1) {
      values[vertex * colour.itemSize + c] = colour.getComponent(vertex, c);
    }
  }
  return { values, size: colour.itemSize };
}
