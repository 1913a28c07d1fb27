import {
  AnimationClip,
  BufferAttribute,
  BufferGeometry,
  Mesh,
  MeshStandardMaterial,
  NumberKeyframeTrack,
  Scene,
  type Texture,
} from "three";
import { GLTFExporter } from "three/examples/jsm/exporters/GLTFExporter.js";
import type { Model, Part } from "../model";
import { type Pause, type PosedPart, plainColours, plainUv, posedKeys } from "./keys";

/**
 * The animation as a GLB of glTF 2.0 without extensions: floats, one morph target for each key after the first. Every tool
 * that knows morph targets reads it.
 */
export async function standardGlb(model: Model, pause: Pause): Promise<Blob> {
  const keys = await posedKeys(model, pause);
  const scene = new Scene();
  if (model.taken.length > 0) scene.userData.source_timestamps_s = model.taken;
  if (model.loops) scene.userData.loops = true;
  const meshes = model.parts.map((part, index) => meshOf(part, index, keys));
  scene.add(...meshes);
  const tracks = keys.length > 1 ? meshes.map(({ name }) => trackOf(name, model.keyTimes)) : [];
  const animations = tracks.length > 0 ? [new AnimationClip("animation", -1, tracks)] : [];
  const file = await new GLTFExporter().parseAsync(scene, { binary: true, animations });
  for (const { geometry, material } of meshes) {
    geometry.dispose();
    material.dispose();
  }
  return new Blob([file as ArrayBuffer], { type: "model/gltf-binary" });
}

function meshOf(part: Part, index: number, keys: PosedPart[][]): Mesh<BufferGeometry, MeshStandardMaterial> {
  const [rest, ...others] = keys.map((key) => key[index] as PosedPart);
  const geometry = new BufferGeometry().setIndex(part.mesh.geometry.index);
  const { positions, normals } = rest as PosedPart;
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  if (normals !== null) geometry.setAttribute("normal", new BufferAttribute(normals, 3));
  const uv = plainUv(part);
  if (uv !== null) geometry.setAttribute("uv", new BufferAttribute(uv, 2));
  const colours = part.skin.painted ? plainColours(part.mesh.geometry) : null;
  if (colours !== null) geometry.setAttribute("color", new BufferAttribute(colours.values, colours.size));
  if (others.length > 0) {
    geometry.morphTargetsRelative = true;
    geometry.morphAttributes.position = others.map((key) => apart(key.positions, positions));
    if (normals !== null) {
      geometry.morphAttributes.normal = others.map((key) => apart(key.normals ?? normals, normals));
    }
  }
  const mesh = new Mesh(geometry, materialOf(part));
  mesh.name = index === 0 ? "mesh" : `mesh_${index}`;
  return mesh;
}

function apart(values: Float32Array, from: Float32Array): BufferAttribute {
  return new BufferAttribute(
    values.map((value, i) => value - (from[i] as number)),
    3,
  );
}

/** At key k the target k - 1 has the weight 1 and all others 0; at the first key all have 0. */
function trackOf(name: string, keyTimes: readonly number[]): NumberKeyframeTrack {
  const targets = keyTimes.length - 1;
  const weights = keyTimes.flatMap((_, key) =>
    Array.from({ length: targets }, (_, target) => (target === key - 1 ? 1 : 0)),
  );
  return new NumberKeyframeTrack(`${name}.morphTargetInfluences`, [...keyTimes], weights);
}

function materialOf({ skin }: Part): MeshStandardMaterial {
  return new MeshStandardMaterial({
    color: skin.colour,
    map: skin.texture === null ? null : unmoved(skin.texture),
    vertexColors: skin.painted,
    side: skin.side,
    metalness: 0,
    roughness: skin.roughness,
  });
}

/** The same picture, laid on as its coordinates say: their change is in them already. */
function unmoved(texture: Texture): Texture {
  const plain = texture.clone();
  plain.offset.set(0, 0);
  plain.repeat.set(1, 1);
  plain.rotation = 0;
  plain.channel = 0;
  return plain;
}
