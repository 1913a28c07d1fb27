import {
  type BufferGeometry,
  Color,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshNormalMaterial,
  MeshStandardMaterial,
  type Texture,
} from "three";
import { newChecker } from "./checker";
import type { Model, Part, Skin } from "./model";
import type { Look } from "./types";
import { newWires } from "./wires";

const CLAY = new Color(0xd6c8ba); // as in the worker's preview
const CLAY_ROUGHNESS = 0.85;

/** The surfaces of a model, one a part, and the lines that lie over them as a wireframe. */
export interface Surfaces {
  apply(look: Look): void;
  dispose(): void;
}

/** Gives a model its surfaces. */
export function newSurfaces(model: Model): Surfaces {
  const checker = newChecker();
  const parts = model.parts.map((part) => dressed(part, checker));
  return {
    apply(look) {
      for (const part of parts) {
        const hasColour = look.textured && part.hasColour;
        part.mesh.material = part.materials[materialFor(look, hasColour)];
        part.overlay.material = hasColour && look.shading !== "uv" ? part.wires : part.plainWires;
        part.overlay.visible = look.wireframe;
      }
    },
    dispose() {
      checker.dispose();
      for (const { mesh, overlay, materials, wires, plainWires } of parts) {
        mesh.remove(overlay);
        for (const material of [...Object.values(materials), wires, plainWires]) material.dispose();
      }
    },
  };
}

type Name = "lit" | "clay" | "flat" | "normals" | "uv";

function materialFor({ shading }: Look, hasColour: boolean): Name {
  if (shading === "normals" || shading === "uv") return shading;
  if (!hasColour) return "clay";
  return shading;
}

function dressed({ mesh, skin, normals }: Part, checker: Texture) {
  const shared = { side: skin.side, ...behindLines };
  const lit = { ...shared, flatShading: normals === null, metalness: 0 };
  const own = { color: skin.colour, map: skin.texture, vertexColors: skin.painted };
  const materials: Record<Name, Material> = {
    lit: new MeshStandardMaterial({ ...lit, ...own, roughness: skin.roughness }),
    clay: new MeshStandardMaterial({ ...lit, color: CLAY, roughness: CLAY_ROUGHNESS }),
    flat: new MeshBasicMaterial({ ...shared, ...own, toneMapped: false }),
    normals: new MeshNormalMaterial({ ...shared, flatShading: normals === null }),
    uv: new MeshBasicMaterial({ ...shared, map: placedAs(skin, checker), toneMapped: false }),
  };
  const [wires, plainWires] = [newWires(own), newWires({ color: CLAY })];
  const overlay = new Mesh<BufferGeometry, Material>(mesh.geometry, plainWires);
  overlay.frustumCulled = false;
  overlay.visible = false;
  mesh.add(overlay);
  return { mesh, hasColour: hasOwnColour(skin), materials, wires, plainWires, overlay };
}

/** A surface a little further away than its own lines, so that they do not flicker. */
const behindLines = { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 } as const;

function hasOwnColour({ texture, painted }: Skin): boolean {
  return texture !== null || painted;
}

/** A picture laid over the surface as its own texture is: a file may scale its coordinates. */
function placedAs({ texture }: Skin, picture: Texture): Texture {
  if (texture === null) return picture;
  picture.offset.copy(texture.offset);
  picture.repeat.copy(texture.repeat);
  picture.rotation = texture.rotation;
  picture.channel = texture.channel;
  return picture;
}
