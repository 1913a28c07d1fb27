import { Color } from "three";
import { describe, expect, it, vi } from "vitest";
import { colourOf, comparable, newDifference, RAMP } from "./difference";
import { readModel } from "./load";
import { pose } from "./model";
import { glbOf } from "./testGlb";

vi.stubGlobal("self", globalThis); // what three looks for URL in

const SIZE = 10;
const hex = (share: number) => colourOf(share, new Color()).getHex();

/** A triangle whose tip is at this height, as the file has it before the node's scale. */
function tip(height: number, scale = 1) {
  return readModel(glbOf({ positions: new Float32Array([0, 0, 0, 1, 0, 0, 0, height, 0]), scale }));
}

describe("the difference of two meshes", () => {
  it("has the colours of its scale", () => {
    for (const { share, colour } of RAMP) expect(hex(share)).toBe(colour);
    expect(hex(1)).toBe(RAMP.at(-1)?.colour);
    expect(hex(0.001)).not.toBe(hex(0));
  });

  it("is none where both are the same, wherever their files scale them", async () => {
    const [model, truth] = [await tip(2), await tip(1, 2)];
    for (const { root } of [model, truth]) root.updateMatrixWorld(true);
    expect(comparable(model, truth)).toBe(true);
    const difference = newDifference(model, truth, SIZE);
    pose(model, 0);
    pose(truth, 0);
    difference.update();
    const colours = difference.surfaces[0]?.geometry.getAttribute("color");
    const shown = [0, 1, 2].map((vertex) =>
      new Color().fromArray(Array.from(colours?.array ?? []), 3 * vertex).getHex(),
    );
    expect(shown).toEqual([hex(0), hex(0.1), hex(0)]); // only the second is elsewhere: 1 of 10
    difference.dispose();
    expect(model.parts[0]?.mesh.children).toEqual([]);
  });

  it("needs the same vertices", async () => {
    const other = await tip(2);
    expect(comparable({ ...other, parts: [] }, other)).toBe(false);
  });
});
