// Plays GLB files in three.js without a screen: node scripts/play-gltf.mjs TIMES FILE...
// TIMES is a JSON array of seconds. Prints a JSON array with one object per file: the names that three.js found,
// the clip's duration, the faces, at each time every vertex in world space, and where the file's camera, if it has
// one, sees them: shares of the picture's width from the left and of its height from the top.

import { readFile } from "node:fs/promises";
import { AnimationMixer, LoopOnce, PerspectiveCamera, Vector3 } from "three";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);

/** @param {import("three").Object3D} scene */
function onlyMesh(scene) {
  /** @type {import("three").Mesh[]} */
  const meshes = [];
  scene.traverse((node) => {
    if ("isMesh" in node) meshes.push(/** @type {import("three").Mesh} */ (node));
  });
  const [mesh] = meshes;
  if (mesh === undefined || meshes.length !== 1) throw new Error(`found ${meshes.length} meshes, not one`);
  return mesh;
}

/** @param {import("three").Mesh} mesh of a scene whose matrices are up to date, its joints' too */
function worldPositions(mesh) {
  const count = mesh.geometry.getAttribute("position").count;
  const vertex = new Vector3();
  return Array.from({ length: count }, (_, index) =>
    mesh.getVertexPosition(index, vertex).applyMatrix4(mesh.matrixWorld).toArray(),
  );
}

/**
 * The file's camera, its axis where the file says, which glTF itself cannot tell.
 *
 * @param {import("three").Camera | undefined} camera
 */
function withAxisInPlace(camera) {
  if (!(camera instanceof PerspectiveCamera)) return camera;
  const [x, y] = camera.userData.principal_point;
  const { aspect } = camera;
  camera.setViewOffset(aspect, 1, (0.5 - x) * aspect, 0.5 - y, aspect, 1);
  return camera;
}

/**
 * @param {import("three").Camera | undefined} camera
 * @param {number[][]} positions in world space
 */
function seenBy(camera, positions) {
  if (camera === undefined) return [];
  return positions.map(([x, y, z]) => {
    const seen = new Vector3(x, y, z).project(camera);
    return [(1 + seen.x) / 2, (1 - seen.y) / 2];
  });
}

/**
 * @param {string} file path of a .glb file without pictures
 * @param {number[]} times seconds
 */
async function play(file, times) {
  const data = await readFile(file);
  const { scene, animations, cameras } = await loader.parseAsync(new Uint8Array(data).buffer, "");
  const mesh = onlyMesh(scene);
  const camera = withAxisInPlace(cameras[0]);
  const mixer = new AnimationMixer(scene);
  const actions = animations.map((clip) => mixer.clipAction(clip).setLoop(LoopOnce, 1).play());
  const frames = times.map((time) => {
    for (const action of actions) {
      action.reset(); // one that has come to its end does not go back by itself
      action.clampWhenFinished = true; // else the very last key would already show the first
    }
    mixer.setTime(time);
    scene.updateMatrixWorld(true);
    return worldPositions(mesh);
  });
  return {
    file,
    mesh: mesh.name,
    clips: animations.map(({ name, duration }) => ({ name, duration })),
    targets: Object.keys(mesh.morphTargetDictionary ?? {}),
    faces: Array.from(mesh.geometry.getIndex()?.array ?? []),
    frames,
    seen: frames.map((positions) => seenBy(camera, positions)),
  };
}

const [times, ...files] = process.argv.slice(2);
if (times === undefined || files.length === 0) {
  console.error("usage: node scripts/play-gltf.mjs TIMES FILE...");
  process.exit(2);
}
const seconds = JSON.parse(times);
const played = [];
for (const file of files) {
  played.push(await play(file, seconds));
}
console.log(JSON.stringify(played));
