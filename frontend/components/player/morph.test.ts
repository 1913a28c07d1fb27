import { BufferAttribute, InterleavedBuffer, InterleavedBufferAttribute } from "three";
import { describe, expect, it } from "vitest";
import { mixMorph, newMorph, packed } from "./morph";

/** Two vertices of 16 bits with a number between them, as a quantized file has them. */
const quantized = new InterleavedBufferAttribute(
  new InterleavedBuffer(new Int16Array([1, 2, 3, 99, 4, 5, 6, 99]), 4),
  3,
  0,
  false,
);
const normals = new InterleavedBufferAttribute(
  new InterleavedBuffer(new Int8Array([127, 0, -127, 9, 0, 127, 0, 9]), 4),
  3,
  0,
  true,
);
const floats = new BufferAttribute(new Float32Array([10, 20, 30, 40, 50, 60]), 3);

describe("newMorph", () => {
  it("reads numbers with gaps between them", () => {
    expect([...newMorph(quantized, []).base]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("reads normalized numbers as three does", () => {
    const { base } = newMorph(normals, []);
    expect(base[0]).toBeCloseTo(normals.getX(0), 6);
    expect(base[2]).toBeCloseTo(normals.getZ(0), 6);
    expect(packed(normals).scale).toBeCloseTo(1 / 127);
  });
});

describe("mixMorph", () => {
  it("adds each target by its weight", () => {
    const out = new Float32Array(6);
    mixMorph(newMorph(quantized, [floats, quantized]), [0.5, 2], out);
    expect([...out]).toEqual([8, 16, 24, 32, 40, 48]);
  });

  it("starts from the base each time", () => {
    const morph = newMorph(floats, [quantized]);
    const out = new Float32Array(6);
    mixMorph(morph, [1], out);
    mixMorph(morph, [0], out);
    expect([...out]).toEqual([...floats.array]);
  });

  it("takes 31 targets of 20,000 vertices, two at a time, in a few milliseconds", () => {
    const target = new BufferAttribute(new Int16Array(60_000).fill(3), 3);
    const morph = newMorph(target, Array(31).fill(target));
    const weights = new Float32Array(31);
    weights.set([0.4, 0.6], 12);
    const out = new Float32Array(60_000);
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      mixMorph(morph, weights, out);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(5);
    expect(out[59_999]).toBeCloseTo(6);
  });
});
