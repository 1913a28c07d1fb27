import type { BufferAttribute, InterleavedBufferAttribute } from "three";

/**
 * Vertices that move, mixed on the processor: two keys touch each vertex twice a frame, which costs less than a
 * millisecond for 20,000 of them, whereas three's own morph targets need 16 bytes a vertex, key and attribute on
 * the GPU.
 */
export interface Morph {
  /** Its values without any target, three a vertex. */
  readonly base: Float32Array;
  /** What each target adds. */
  readonly deltas: readonly Packed[];
}

/** An attribute's numbers as they lie in the file. */
export interface Packed {
  readonly array: ArrayLike<number>;
  /** Index of the first number, and from one vertex to the next. */
  readonly offset: number;
  readonly stride: number;
  /** What each number is multiplied by. */
  readonly scale: number;
}

type Attribute = BufferAttribute | InterleavedBufferAttribute;

/** An attribute of three numbers a vertex, without a copy. */
export function packed(attribute: Attribute): Packed {
  const scale = attribute.normalized ? 1 / largest(attribute.array) : 1;
  if ("isInterleavedBufferAttribute" in attribute) {
    return { array: attribute.array, offset: attribute.offset, stride: attribute.data.stride, scale };
  }
  return { array: attribute.array, offset: 0, stride: attribute.itemSize, scale };
}

export function newMorph(base: Attribute, targets: readonly Attribute[]): Morph {
  const values = new Float32Array(base.count * 3);
  add(values, packed(base), 1);
  return { base: values, deltas: targets.map(packed) };
}

/** Writes the base and each target by its weight into `out`, three numbers a vertex. */
export function mixMorph({ base, deltas }: Morph, weights: ArrayLike<number>, out: Float32Array): void {
  out.set(base);
  for (const [target, delta] of deltas.entries()) {
    const weight = weights[target] ?? 0;
    if (weight !== 0) add(out, delta, weight);
  }
}

function add(out: Float32Array, { array, offset, stride, scale }: Packed, weight: number): void {
  const factor = weight * scale;
  for (let to = 0, from = offset; to < out.length; to += 3, from += stride) {
    out[to] = (out[to] as number) + factor * (array[from] as number);
    out[to + 1] = (out[to + 1] as number) + factor * (array[from + 1] as number);
    out[to + 2] = (out[to + 2] as number) + factor * (array[from + 2] as number);
  }
}

/** The number that stands for 1 in a normalized array. */
function largest(array: ArrayLike<number>): number {
  if (array instanceof Int8Array) return 127;
  if (array instanceof Uint8Array) return 255;
  if (array instanceof Int16Array) return 32_767;
  if (array instanceof Uint16Array) return 65_535;
  return 1;
}
