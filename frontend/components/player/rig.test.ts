import { AnimationMixer, SkinnedMesh, Vector3 } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { describe, expect, it, vi } from "vitest";
import { readModel } from "./load";
import { boxOfAllKeys, type Model, pose } from "./model";
import { type GlbParts, glbOf } from "./testGlb";

vi.stubGlobal("self", globalThis); // what three looks for URL in

/** A triangle on the ground whose tip bends about a joint half way up, and is drawn out by a target. */
const BENT: GlbParts = {
  positions: new Float32Array([0, 0, 0, 1, 0, 0, 0, 2, 0]),
  targets: [new Int16Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])],
  keyTimes: [0, 1],
  weights: [0, 1],
  rig: { shares: [0, 0.25, 1], upperAt: [0, 1, 0], turns: [0, Math.PI / 2], keyTimes: [0, 1] },
};
const TIMES = [0, 0.25, 0.5, 1, 0.75, 0];

function points({ parts }: Model): number[] {
  return Array.from(parts[0]?.mesh.geometry.getAttribute("position").array ?? []);
}

/** The same by three itself, which bends on the GPU and tells single vertices. */
async function byThree(timeS: number): Promise<number[]> {
  const { scene, animations } = await new GLTFLoader().parseAsync(glbOf(BENT), "");
  const mixer = new AnimationMixer(scene);
  const [clip] = animations;
  if (clip === undefined) throw new Error("no clip");
  const action = mixer.clipAction(clip).play();
  action.time = timeS;
  mixer.update(0);
  scene.updateMatrixWorld(true);
  const mesh = scene.getObjectByName("triangle");
  if (!(mesh instanceof SkinnedMesh)) throw new Error("no skin");
  return [0, 1, 2].flatMap((vertex) => mesh.getVertexPosition(vertex, new Vector3()).toArray());
}

describe("a rigged mesh", () => {
  it("turns about its joint and has its targets before", async () => {
    const model = await readModel(glbOf(BENT));
    expect(model.keyTimes).toEqual([0, 1]);
    pose(model, 1);
    const tip = points(model).slice(6);
    for (const [axis, value] of [-2, 1, 0].entries()) expect(tip[axis]).toBeCloseTo(value, 6); // 3 high, less 1
  });

  it.each(TIMES)("is where three has it at %f s", async (timeS) => {
    const model = await readModel(glbOf(BENT));
    for (const time of TIMES) pose(model, time); // whatever was before
    pose(model, timeS);
    const expected = await byThree(timeS);
    for (const [i, value] of points(model).entries()) expect(value).toBeCloseTo(expected[i] as number, 6);
  });

  it("has a box around all of its keys", async () => {
    const { min, max } = await boxOfAllKeys(await readModel(glbOf(BENT)), async () => undefined);
    expect(min.x).toBeCloseTo(-2, 6);
    expect(max.y).toBeCloseTo(2, 6);
  });

  it("is drawn as it was bent, and not once more", async () => {
    const [part] = (await readModel(glbOf(BENT))).parts;
    expect(part?.mesh).not.toBeInstanceOf(SkinnedMesh);
    expect(part?.rig?.skeleton.bones.map(({ name }) => name)).toEqual(["lower", "upper"]);
  });
});
