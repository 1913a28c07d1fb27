import type { BufferAttribute, InterleavedBufferAttribute, Skeleton, SkinnedMesh } from "three";

const INFLUENCES = 4; // joints a vertex, as glTF has them

/** What bends a mesh: its joints, and how far each vertex goes with them. */
export interface Rig {
  readonly skeleton: Skeleton;
  /** Indices into the skeleton's bones, four a vertex. */
  readonly joints: Uint16Array;
  /** Their shares, four a vertex. */
  readonly shares: Float32Array;
}

/** The rig of a mesh as the file has it; null if it lacks a part of it. */
export function rigOf({ geometry, skeleton }: SkinnedMesh): Rig | null {
  const { skinIndex, skinWeight } = geometry.attributes;
  if (skinIndex === undefined || skinWeight === undefined) return null;
  return {
    skeleton,
    joints: Uint16Array.from(numbers(skinIndex)),
    shares: Float32Array.from(numbers(skinWeight)),
  };
}

/**
 * Bends a mesh from its rest pose to where its joints are now (linear blend skinning), in the scene's units.
 *
 * @param points three numbers a vertex, written anew.
 * @param normals the same; their length is not kept.
 */
export function bend(rig: Rig, points: Float32Array, normals: Float32Array | null): void {
  const { skeleton, joints, shares } = rig;
  skeleton.update();
  const matrices = skeleton.boneMatrices as Float32Array;
  const mixed = new Float32Array(12); // the columns x, y, z and the move
  for (let at = 0, first = 0; at < points.length; at += 3, first += INFLUENCES) {
    mixed.fill(0);
    for (let i = first; i < first + INFLUENCES; i++) {
      const share = shares[i] as number;
      if (share === 0) continue;
      const matrix = (joints[i] as number) * 16;
      for (let to = 0; to < 12; to++) {
        const from = matrix + to + Math.floor(to / 3); // past the last row
        mixed[to] = (mixed[to] as number) + share * (matrices[from] as number);
      }
    }
    transform(mixed, points, at, 1);
    if (normals !== null) transform(mixed, normals, at, 0);
  }
}

function transform(matrix: Float32Array, values: Float32Array, at: number, move: 0 | 1): void {
  const [x, y, z] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
  for (let row = 0; row < 3; row++) {
    values[at + row] =
      (matrix[row] as number) * x +
      (matrix[row + 3] as number) * y +
      (matrix[row + 6] as number) * z +
      (matrix[row + 9] as number) * move;
  }
}

function* numbers(attribute: BufferAttribute | InterleavedBufferAttribute): Generator<number> {
  for (let vertex = 0; vertex < attribute.count; vertex++) {
    for (let i = 0; i < INFLUENCES; i++) yield attribute.getComponent(vertex, i);
  }
}
