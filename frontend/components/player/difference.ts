import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DynamicDrawUsage,
  Mesh,
  MeshStandardMaterial,
  Vector3,
} from "three";
import type { Model, Part } from "./model";

/** The colours of a difference, by its share of the mesh's size; the last is of all that are larger. */
export const RAMP: readonly { share: number; colour: number }[] = [
  { share: 0, colour: 0x2f6fb5 },
  { share: 0.003, colour: 0xf2cf4a },
  { share: 0.01, colour: 0xd6301f },
];
const STOPS = RAMP.map(({ colour }) => new Color(colour));

/** A surface in colours over that of a model: how far each vertex is from where another model has it. */
export interface Difference {
  readonly surfaces: readonly Mesh[];
  /** Colours it anew, once both models are posed for the same time. */
  update(): void;
  dispose(): void;
}

/** Whether two models have the same vertices, one for one. */
export function comparable(one: Model, other: Model): boolean {
  const counts = ({ parts }: Model) => parts.map(({ positions }) => positions.base.length).join();
  return counts(one) === counts(other);
}

/**
 * The difference of a model from another with the same vertices.
 *
 * @param size of the whole in the scene's units, of which differences are shares.
 */
export function newDifference(model: Model, truth: Model, size: number): Difference {
  const material = new MeshStandardMaterial({ vertexColors: true, roughness: 1, toneMapped: false });
  const pairs = model.parts.flatMap((part, index) => {
    const other = truth.parts[index];
    return other === undefined ? [] : [{ part, other, surface: surfaceOver(part, material) }];
  });
  return {
    surfaces: pairs.map(({ surface }) => surface),
    update() {
      for (const { part, other, surface } of pairs) paint(surface, part, other, size);
    },
    dispose() {
      material.dispose();
      for (const { surface } of pairs) {
        surface.removeFromParent();
        surface.geometry.dispose();
      }
    },
  };
}

/** A colour for a share of the size. */
export function colourOf(share: number, into: Color): Color {
  const next = RAMP.findIndex((stop) => stop.share > share);
  if (next < 1) return into.copy(STOPS.at(next === 0 ? 0 : -1) as Color);
  const [from, to] = [RAMP[next - 1]?.share as number, RAMP[next]?.share as number];
  return into.lerpColors(STOPS[next - 1] as Color, STOPS[next] as Color, (share - from) / (to - from));
}

function surfaceOver({ mesh, skin, normals }: Part, shared: MeshStandardMaterial): Mesh {
  const { index, attributes } = mesh.geometry;
  const geometry = new BufferGeometry().setIndex(index);
  for (const name of ["position", "normal"]) {
    const attribute = attributes[name];
    if (attribute !== undefined) geometry.setAttribute(name, attribute); // the same numbers
  }
  const colours = new BufferAttribute(new Float32Array(3 * (attributes.position?.count ?? 0)), 3);
  geometry.setAttribute("color", colours.setUsage(DynamicDrawUsage));
  shared.side = skin.side;
  shared.flatShading = normals === null;
  const surface = new Mesh(geometry, shared);
  surface.frustumCulled = false;
  surface.visible = false;
  mesh.add(surface);
  return surface;
}

function paint({ geometry }: Mesh, part: Part, other: Part, size: number): void {
  const colours = geometry.attributes.color as BufferAttribute;
  const [here, there] = [part.mesh.geometry.attributes.position, other.mesh.geometry.attributes.position];
  const [at, from, colour] = [new Vector3(), new Vector3(), new Color()];
  for (let vertex = 0; vertex < colours.count; vertex++) {
    at.fromBufferAttribute(here as BufferAttribute, vertex).applyMatrix4(part.mesh.matrixWorld);
    from.fromBufferAttribute(there as BufferAttribute, vertex).applyMatrix4(other.mesh.matrixWorld);
    colourOf(at.distanceTo(from) / size, colour);
    colours.setXYZ(vertex, colour.r, colour.g, colour.b);
  }
  colours.needsUpdate = true;
}
