// @vitest-environment happy-dom
import { unzipSync } from "fflate";
import { validateBytes } from "gltf-validator";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readModel } from "../load";
import { type Model, pose } from "../model";
import { type GlbParts, glbOf, TIP } from "../testGlb";
import { standardGlb } from "./glb";
import { objZip } from "./obj";
import { lengthOf } from "./turntable";

const BENT: GlbParts = {
  positions: new Float32Array([0, 0, 0, 1, 0, 0, 0, 2, 0]),
  rig: { shares: [0, 0, 1], upperAt: [0, 1, 0], turns: [0, Math.PI / 2], keyTimes: [0, 1] },
};

const atOnce = async () => undefined;

/** Where all vertices are at each key, in the scene. */
function placesOf(model: Model): number[][] {
  return model.keyTimes.map((timeS) => {
    pose(model, timeS);
    model.root.updateMatrixWorld(true);
    return model.parts.flatMap(({ mesh }) => {
      const { position } = mesh.geometry.clone().applyMatrix4(mesh.matrixWorld).attributes;
      return Array.from(position?.array ?? []);
    });
  });
}

function expectSame(found: number[][], expected: number[][], within: number): void {
  expect(found.length).toBe(expected.length);
  for (const [key, places] of found.entries()) {
    expect(places.length).toBe(expected[key]?.length);
    const apart = places.map((value, i) => Math.abs(value - (expected[key]?.[i] ?? Number.NaN)));
    expect(apart.reduce((most, one) => Math.max(most, one), 0)).toBeLessThan(within);
  }
}

async function jsonOf(glb: ArrayBuffer): Promise<{ extensionsUsed?: string[] }> {
  const length = new DataView(glb).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(glb.slice(20, 20 + length)));
}

beforeAll(() => {
  vi.stubGlobal("createImageBitmap", async () => ({ width: 1, height: 1, close: () => undefined }));
});

describe("standardGlb", () => {
  it.each([
    ["of 16 bits", TIP],
    ["with a rig", BENT],
  ])("has the vertices of a file %s at each key, without extensions", async (_what, parts) => {
    const model = await readModel(glbOf(parts));
    const expected = placesOf(model);
    const glb = await (await standardGlb(model, atOnce)).arrayBuffer();
    const report = await validateBytes(new Uint8Array(glb), {});
    expect(report.issues.messages).toEqual([]);
    expect((await jsonOf(glb)).extensionsUsed).toBeUndefined();
    const again = await readModel(glb);
    expect([again.keyTimes, again.taken]).toEqual([model.keyTimes, model.taken]);
    expectSame(placesOf(again), expected, 1e-5);
  });

  it("can be stopped between keys", async () => {
    const model = await readModel(glbOf(TIP));
    const stop = async (done: number) => {
      if (done === 2) throw new DOMException("stopped", "AbortError");
    };
    await expect(standardGlb(model, stop)).rejects.toThrow("stopped");
  });
});

describe("objZip", () => {
  it("has a file a key with the vertices of that key, and a material", async () => {
    const model = await readModel(glbOf(TIP));
    const expected = placesOf(model);
    const files = unzipSync(new Uint8Array(await (await objZip(model, atOnce)).arrayBuffer()));
    expect(Object.keys(files).sort()).toEqual([
      "frame_000.obj",
      "frame_001.obj",
      "frame_002.obj",
      "mesh.mtl",
    ]);
    const texts = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
    );
    const found = [0, 1, 2].map((key) =>
      [...(texts[`frame_00${key}.obj`] ?? "").matchAll(/^v (\S+) (\S+) (\S+)$/gm)].flatMap((row) =>
        row.slice(1).map(Number),
      ),
    );
    expectSame(found, expected, 1e-5);
    expect(texts["frame_000.obj"]).toMatch(/^mtllib mesh\.mtl\n/);
    expect(texts["frame_000.obj"]).toContain("usemtl surface");
    expect(texts["mesh.mtl"]).toMatch(/^newmtl surface\nKd /);
  });
});

it("a turntable lasts whole cycles, about six seconds", () => {
  expect(lengthOf({ keyTimes: [0, 1], loop: "fro" })).toBe(6);
  expect(lengthOf({ keyTimes: [0, 2.5], loop: "around" })).toBe(5);
  expect(lengthOf({ keyTimes: [0, 9], loop: "fro" })).toBe(18);
  expect(lengthOf({ keyTimes: [0], loop: "once" })).toBe(6);
});
