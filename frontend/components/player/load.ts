import {
  AnimationClip,
  AnimationMixer,
  BufferAttribute,
  BufferGeometry,
  type Color,
  DynamicDrawUsage,
  type KeyframeTrack,
  LoadingManager,
  Mesh,
  MeshBasicMaterial,
  type MeshStandardMaterial,
  SkinnedMesh,
} from "three";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { type GLTF, GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { loadError } from "./bytes";
import type { Model, Part, Skin } from "./model";
import { newMorph } from "./morph";
import { rigOf } from "./rig";

const WEIGHTS = ".morphTargetInfluences";

/**
 * Reads a GLB: an animated mesh of any profile, a rigged one, or one that stands still.
 *
 * Cameras are not looked at, nor meshes that move as a whole: of these the worker writes none.
 *
 * @throws a `loadError` if it cannot be read, or has no mesh in it.
 */
export async function readModel(bytes: ArrayBuffer): Promise<Model> {
  const gltf = await parsed(bytes);
  const tracks = gltf.animations[0]?.tracks ?? [];
  const keyTimes = tracks.reduce<number[]>(longer, [0]);
  const found: Mesh[] = [];
  gltf.scene.traverse((node) => {
    if (node instanceof Mesh) found.push(node);
  });
  const parts = found.map((mesh) => ownPart(mesh, weightsOf(gltf, mesh, keyTimes.length)));
  if (parts.length === 0) throw loadError("unreadable");
  const moveJoints = parts.some(({ rig }) => rig !== null) ? jointMover(gltf, tracks) : null;
  const moves = moveJoints !== null || parts.some(({ weights }) => weights.length > 0);
  return {
    root: gltf.scene,
    parts,
    moveJoints,
    keyTimes: moves ? keyTimes : [0],
    taken: numbers(gltf.scene.userData.source_timestamps_s),
    loops: gltf.scene.userData.loops === true,
    hasTexture: parts.some(({ skin }) => skin.texture !== null || skin.painted),
  };
}

async function parsed(bytes: ArrayBuffer): Promise<GLTF> {
  const manager = new LoadingManager();
  manager.setURLModifier((url) => (/^(blob|data):/.test(url) ? url : "data:,")); // nothing from elsewhere
  try {
    return await new GLTFLoader(manager).setMeshoptDecoder(MeshoptDecoder).parseAsync(bytes, "");
  } catch (error) {
    throw loadError("unreadable", error);
  }
}

function longer(times: number[], track: KeyframeTrack): number[] {
  return track.times.length > times.length ? Array.from(track.times) : times;
}

/** What moves the joints; the weights of targets are mixed elsewhere. */
function jointMover({ scene }: GLTF, tracks: readonly KeyframeTrack[]): (timeS: number) => void {
  const own = tracks.filter(({ name }) => !name.endsWith(WEIGHTS));
  const mixer = new AnimationMixer(scene);
  const action = mixer.clipAction(new AnimationClip("joints", -1, own)).play();
  return (timeS) => {
    action.time = timeS; // and not by the mixer's clock, which starts anew at the end
    mixer.update(0);
    scene.updateMatrixWorld(true);
  };
}

/** The weights of one mesh at each key; none if it has no animation of as many keys. */
function weightsOf(gltf: GLTF, mesh: Mesh, keys: number): ArrayLike<number> {
  const targets = mesh.geometry.morphAttributes.position?.length ?? 0;
  const track = gltf.animations[0]?.tracks.find((some) => drives(some, mesh));
  return track !== undefined && targets > 0 && track.values.length === keys * targets ? track.values : [];
}

function drives({ name }: KeyframeTrack, mesh: Mesh): boolean {
  return name === mesh.name + WEIGHTS || name === mesh.uuid + WEIGHTS;
}

/** The mesh with vertices of its own that can be written to; those of the file are kept as they are. */
function ownPart(mesh: Mesh, weights: ArrayLike<number>): Part {
  const { attributes, morphAttributes, index } = mesh.geometry;
  if (attributes.position === undefined) throw loadError("unreadable");
  const mixes = weights.length > 0;
  const rig = mesh instanceof SkinnedMesh ? rigOf(mesh) : null;
  const animated = mixes || rig !== null;
  const positions = newMorph(attributes.position, mixes ? (morphAttributes.position ?? []) : []);
  const normals = attributes.normal
    ? newMorph(attributes.normal, mixes ? (morphAttributes.normal ?? []) : [])
    : null;
  const geometry = new BufferGeometry();
  geometry.setIndex(index);
  geometry.setAttribute("position", writable(positions.base, animated));
  if (normals !== null) geometry.setAttribute("normal", writable(normals.base, animated));
  for (const name of ["uv", "color"]) {
    const attribute = attributes[name];
    if (attribute !== undefined) geometry.setAttribute(name, attribute);
  }
  const skin = skinOf(mesh);
  const own = mesh instanceof SkinnedMesh ? inPlaceOf(mesh) : mesh;
  own.geometry = geometry;
  own.morphTargetInfluences = undefined;
  own.morphTargetDictionary = undefined;
  own.frustumCulled = false; // its box changes from key to key
  return { mesh: own, skin, positions, normals, weights, rig };
}

/** A mesh that three does not bend itself. A skinned one's own place does not count, so it is the scene's. */
function inPlaceOf(skinned: SkinnedMesh): Mesh {
  const mesh = new Mesh(undefined, skinned.material);
  mesh.name = skinned.name;
  skinned.parent?.add(mesh);
  skinned.removeFromParent();
  mesh.matrixWorldAutoUpdate = false;
  return mesh;
}

function writable(values: Float32Array, animated: boolean): BufferAttribute {
  const attribute = new BufferAttribute(values.slice(), 3);
  return animated ? attribute.setUsage(DynamicDrawUsage) : attribute;
}

function skinOf(mesh: Mesh): Skin {
  const material = (Array.isArray(mesh.material) ? mesh.material[0] : mesh.material) as
    | MeshStandardMaterial
    | MeshBasicMaterial;
  const colour: Color = material.color;
  const skin = {
    texture: material.map,
    colour,
    side: material.side,
    roughness: "roughness" in material ? material.roughness : 1,
    painted: material.vertexColors,
    unlit: material instanceof MeshBasicMaterial,
  };
  material.dispose();
  return skin;
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number") ? value : [];
}
