// How Babylon.js plays a GLB, without a screen: node babylon.mjs FILE TIMES. Prints what read.py prints.

import { readFile } from "node:fs/promises";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { NullEngine } from "@babylonjs/core/Engines/nullEngine.js";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { Tools } from "@babylonjs/core/Misc/tools.js";
import { Scene } from "@babylonjs/core/scene.js";
import "@babylonjs/loaders/glTF/2.0/index.js";
import { MeshoptDecoder } from "meshoptimizer";

// A page fetches the decoder as a script from Babylon's own server, and runs it in workers; here it is npm's.
globalThis.MeshoptDecoder = { ...MeshoptDecoder, useWorkers() {} };
Tools.LoadBabylonScriptAsync = async () => {};

const [file, times] = process.argv.slice(2);
const engine = new NullEngine();
const scene = new Scene(engine);
scene.useRightHandedSystem = true;
new FreeCamera("camera", Vector3.Zero(), scene);
const data = new Uint8Array(await readFile(file));
const container = await LoadAssetContainerAsync(data, scene, { pluginExtension: ".glb" });
container.addAllToScene();
const mesh = scene.meshes.find((one) => one.getTotalVertices() > 0);
const [group] = scene.animationGroups;
group.start(false);
group.pause();
const frames = JSON.parse(times).map((time) => {
  group.goToFrame(time * group.targetedAnimations[0].animation.framePerSecond);
  scene.render();
  const flat = mesh.getPositionData(false, true);
  const world = mesh.computeWorldMatrix(true);
  return Array.from({ length: flat.length / 3 }, (_, index) =>
    Vector3.TransformCoordinates(Vector3.FromArray(flat, 3 * index), world).asArray(),
  );
});
console.log(JSON.stringify({ version: NullEngine.Version, frames }));
engine.dispose();
