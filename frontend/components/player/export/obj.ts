import { BufferAttribute, BufferGeometry, Group, Mesh, MeshBasicMaterial } from "three";
import { OBJExporter } from "three/examples/jsm/exporters/OBJExporter.js";
import { zipTexts } from "@/lib/zip";
import type { Model, Part } from "../model";
import { type Pause, type PosedPart, plainUv, posedKeys } from "./keys";

const SURFACE = "surface";
const LIBRARY = "mesh.mtl";

/** An OBJ for each key, and its material with the texture, as one zip. */
export async function objZip(model: Model, pause: Pause): Promise<Blob> {
  const keys = await posedKeys(model, pause);
  const exporter = new OBJExporter();
  const files: [string, Blob][] = [];
  for (const [key, parts] of keys.entries()) {
    const name = `frame_${String(key).padStart(3, "0")}.obj`;
    const text = exporter.parse(groupOf(model, parts));
    files.push([name, new Blob([`mtllib ${LIBRARY}\n`, text])]);
    await pause(key + 1, keys.length);
  }
  files.push(...(await materialsOf(model)));
  return zipTexts(files, () => pause(keys.length, keys.length));
}

function groupOf({ parts }: Model, posed: PosedPart[]): Group {
  const group = new Group();
  for (const [index, part] of parts.entries()) {
    const { positions, normals } = posed[index] as PosedPart;
    const geometry = new BufferGeometry().setIndex(part.mesh.geometry.index);
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    if (normals !== null) geometry.setAttribute("normal", new BufferAttribute(normals, 3));
    const uv = upwards(part);
    if (uv !== null) geometry.setAttribute("uv", new BufferAttribute(uv, 2));
    const material = new MeshBasicMaterial({ name: materialName(index) });
    const mesh = new Mesh(geometry, material);
    mesh.name = `mesh_${index}`;
    group.add(mesh);
  }
  return group;
}

/** OBJ counts v from below. */
function upwards(part: Part): Float32Array | null {
  return plainUv(part)?.map((value, i) => (i % 2 === 1 ? 1 - value : value)) ?? null;
}

function materialName(part: number): string {
  return part === 0 ? SURFACE : `${SURFACE}_${part}`;
}

async function materialsOf({ parts }: Model): Promise<[string, Blob][]> {
  const pictures: [string, Blob][] = [];
  const lines: string[] = [];
  for (const [index, { skin }] of parts.entries()) {
    const [r, g, b] = skin.colour.clone().convertLinearToSRGB().toArray();
    lines.push(`newmtl ${materialName(index)}`, `Kd ${r} ${g} ${b}`);
    const picture = skin.texture === null ? null : await pngOf(skin.texture.image as CanvasImageSource);
    if (picture === null) continue;
    const name = index === 0 ? "texture.png" : `texture_${index}.png`;
    lines.push(`map_Kd ${name}`);
    pictures.push([name, picture]);
  }
  return [[LIBRARY, new Blob([`${lines.join("\n")}\n`])], ...pictures];
}

async function pngOf(image: CanvasImageSource): Promise<Blob | null> {
  const { width, height } = image as ImageBitmap;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
