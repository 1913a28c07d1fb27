import { BufferAttribute, BufferGeometry, Color, FrontSide, Mesh, Texture } from "three";
import { expect, it } from "vitest";
import type { Part } from "../model";
import { newMorph } from "../morph";
import { plainColours, plainUv } from "./keys";

/** A point with a texture coordinate of 16 bits, which the file has its texture scale and move. */
function pointAt(u: number, v: number): Part {
  const geometry = new BufferGeometry();
  const position = new BufferAttribute(new Float32Array(3), 3);
  geometry.setAttribute("position", position);
  geometry.setAttribute("uv", new BufferAttribute(new Uint16Array([u * 65_535, v * 65_535]), 2, true));
  geometry.setAttribute("color", new BufferAttribute(new Uint8Array([255, 0, 51, 255]), 4, true));
  const texture = new Texture();
  texture.repeat.set(0.5, 0.25);
  texture.offset.set(0.1, 0.5);
  const skin = {
    texture,
    colour: new Color(),
    side: FrontSide,
    roughness: 1,
    painted: true,
    unlit: false,
  } as const;
  const still = { normals: null, positions: newMorph(position, []), weights: [], rig: null };
  return { mesh: new Mesh(geometry), skin, ...still };
}

it("texture coordinates are plain, with what the texture does to them", () => {
  const uv = plainUv(pointAt(0.4, 0.8));
  expect(Array.from(uv ?? [])).toEqual([expect.closeTo(0.3, 4), expect.closeTo(0.7, 4)]);
});

it("colours are plain, and none where there are none", () => {
  const { mesh } = pointAt(0, 0);
  const { values, size } = plainColours(mesh.geometry) ?? { values: [], size: 0 };
  expect([Array.from(values).map((value) => Number(value.toFixed(3))), size]).toEqual([[1, 0, 0.2, 1], 4]);
  expect(plainColours(new BufferGeometry())).toBeNull();
});
