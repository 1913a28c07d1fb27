import {
  BufferAttribute,
  BufferGeometry,
  type Color,
  DynamicDrawUsage,
  type KeyframeTrack,
  LoadingManager,
  Mesh,
  type MeshStandardMaterial,
} from "three";
import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";
import { type GLTF, GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { loadError } from "./bytes";
import type { Model, Part, Skin } from "./model";
import { newMorph } from "./morph";

const WEIGHTS = ".morphTargetInfluences";

/**
 * Reads a GLB: an animated mesh of any profile, or one that stands still.
 *
 * Nodes that move as a whole, bones and cameras are not looked at: the worker writes none.
 *
 * @throws a `loadError` if it cannot be read, or has no mesh in it.
 */
export async function readModel(bytes: ArrayBuffer): Promise<Model> {
  const gltf = await parsed(bytes);
  const track = gltf.animations[0]?.tracks.find(({ name }) => name.endsWith(WEIGHTS));
  const keyTimes = track === undefined ? [0] : Array.from(track.times);
  const found: Mesh[] = [];
  gltf.scene.traverse((node) => {
    if (node instanceof Mesh) found.push(node);
  });
  const parts = found.map((mesh) => ownPart(mesh, weightsOf(gltf, mesh, keyTimes.length)));
  if (parts.length === 0) throw loadError("unreadable");
  return {
    root: gltf.scene,
    parts,
    keyTimes: parts.some(({ weights }) => weights.length > 0) ? keyTimes : [0],
    taken: numbers(gltf.scene.userData.source_timestamps_s),
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
  const animated = weights.length > 0;
  const positions = newMorph(attributes.position, animated ? (morphAttributes.position ?? []) : []);
  const normals = attributes.normal
    ? newMorph(attributes.normal, animated ? (morphAttributes.normal ?? []) : [])
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
  mesh.geometry = geometry;
  mesh.morphTargetInfluences = undefined;
  mesh.morphTargetDictionary = undefined;
  mesh.frustumCulled = false; // its box changes from key to key
  return { mesh, skin, positions, normals, weights };
}

function writable(values: Float32Array, animated: boolean): BufferAttribute {
  const attribute = new BufferAttribute(values.slice(), 3);
  return animated ? attribute.setUsage(DynamicDrawUsage) : attribute;
}

function skinOf(mesh: Mesh): Skin {
  const material = (Array.isArray(mesh.material) ? mesh.material[0] : mesh.material) as MeshStandardMaterial;
  const colour: Color = material.color;
  const skin = { texture: material.map, colour, side: material.side, painted: material.vertexColors };
  material.dispose();
  return skin;
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number") ? value : [];
}
