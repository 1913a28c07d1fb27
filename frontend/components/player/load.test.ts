import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AnimationMixer, Box3, LoopOnce, type Mesh, Texture, Vector3 } from "three";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readModel } from "./load";
import { boxOfAllKeys, disposeModel, type Model, moves, pose } from "./model";
import { glbOf, TIP } from "./testGlb";

const FOX = fileURLToPath(new URL("../../public/examples/fox/animated_mesh.glb", import.meta.url));
const atOnce = async () => undefined;

beforeAll(() => {
  vi.stubGlobal("self", globalThis); // what three looks for URL in
  vi.stubGlobal("createImageBitmap", async () => ({ width: 1, height: 1, close: () => undefined }));
});

async function fox(): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(FOX)).buffer;
}

function points(model: Model): number[] {
  return Array.from(model.parts[0]?.mesh.geometry.getAttribute("position").array ?? []);
}

describe("readModel", () => {
  it("reads an animation of 16 bits", async () => {
    const model = await readModel(glbOf(TIP));
    expect(model).toMatchObject({
      keyTimes: [0, 0.5, 1],
      taken: [0, 0.25, 0.75],
      loops: false,
      hasTexture: false,
    });
    expect(moves(model)).toBe(true);
    pose(model, 0);
    expect(points(model).slice(6)).toEqual([0, 100, 0]);
    pose(model, 0.5);
    expect(points(model).slice(6)).toEqual([0, 150, 0]);
    pose(model, 0.75);
    expect(points(model).slice(6)).toEqual([0, 225, 0]);
    pose(model, 7);
    expect(points(model).slice(6)).toEqual([0, 300, 0]);
  });

  it("reads a mesh that stands still", async () => {
    const model = await readModel(glbOf({ positions: new Float32Array([0, 0, 0, 1, 0, 0, 0, 2, 0]) }));
    expect(model.keyTimes).toEqual([0]);
    expect(moves(model)).toBe(false);
    expect((await boxOfAllKeys(model, atOnce)).max.toArray()).toEqual([1, 2, 0]);
  });

  it("reads the example, which is compressed, with its texture", async () => {
    const model = await readModel(await fox());
    expect(model.keyTimes).toHaveLength(16);
    expect(model.taken).toHaveLength(16);
    expect(model.hasTexture).toBe(true);
    expect(model.parts[0]?.skin.texture).toBeInstanceOf(Texture);
    disposeModel(model);
  });

  it.each([true, false])("tells what is to be shown without light: %s", async (unlit) => {
    const model = await readModel(glbOf({ ...TIP, picture: "data:image/png;base64,", unlit }));
    expect(model.parts[0]?.skin).toMatchObject({ unlit, roughness: 1 });
  });

  it.each([
    ["nothing after the header", new Uint8Array([0x67, 0x6c, 0x54, 0x46, 2, 0, 0, 0, 12, 0, 0, 0]).buffer],
    ["no mesh", glbOf({})],
  ])("refuses a file with %s", async (_, bytes) => {
    await expect(readModel(bytes)).rejects.toMatchObject({ failure: "unreadable" });
  });

  it("asks nobody for what lies elsewhere", async () => {
    const asked = vi.spyOn(globalThis, "fetch");
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const bytes = glbOf({ positions: new Float32Array(9), picture: "https://elsewhere.example/a.png" });
    await readModel(bytes).catch(() => undefined);
    for (const [url] of asked.mock.calls)
      expect(String(url instanceof Request ? url.url : url)).toBe("data:,");
    asked.mockRestore();
    error.mockRestore();
  });
});

describe("pose", () => {
  it("puts every vertex where three's own mixer has it, at keys and between", async () => {
    const model = await readModel(await fox());
    const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
    const { scene, animations } = await loader.parseAsync(await fox(), "");
    const theirs = scene.getObjectByProperty("type", "Mesh") as Mesh;
    const mixer = new AnimationMixer(scene);
    const action = mixer
      .clipAction(animations[0] as NonNullable<(typeof animations)[0]>)
      .setLoop(LoopOnce, 1)
      .play();
    const vertex = new Vector3();
    for (const time of [0, 0.07, model.keyTimes[5] ?? 0, 1.3, model.keyTimes[15] ?? 0]) {
      action.reset().clampWhenFinished = true;
      mixer.setTime(time);
      pose(model, time);
      const ours = points(model);
      let worst = 0;
      for (let i = 0; i < ours.length / 3; i++) {
        theirs.getVertexPosition(i, vertex);
        for (const axis of [0, 1, 2]) {
          worst = Math.max(worst, Math.abs(vertex.getComponent(axis) - (ours[3 * i + axis] ?? Number.NaN)));
        }
      }
      expect(worst).toBeLessThan(0.02); // of 65,534 steps across
    }
  });
});

describe("boxOfAllKeys", () => {
  it("is around each key, not around all targets at once", async () => {
    const box = await boxOfAllKeys(await readModel(glbOf(TIP)), atOnce);
    expect(box.min.toArray()).toEqual([0, 0, 0]);
    expect(box.max.x).toBeCloseTo(1);
    expect(box.max.y).toBeCloseTo(3); // all targets at once would reach 3.5
  });

  it("is the union of what is shown at each key", async () => {
    const model = await readModel(await fox());
    const box = await boxOfAllKeys(model, atOnce);
    const union = new Box3();
    for (const time of model.keyTimes) {
      pose(model, time);
      for (const { mesh } of model.parts) {
        mesh.geometry.computeBoundingBox();
        union.union((mesh.geometry.boundingBox as Box3).clone().applyMatrix4(mesh.matrixWorld));
      }
    }
    expect(box.min.distanceTo(union.min)).toBeLessThan(1e-6);
    expect(box.max.distanceTo(union.max)).toBeLessThan(1e-6);
  });
});
