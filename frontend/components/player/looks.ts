import {
  type BufferGeometry,
  Color,
  DirectionalLight,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Object3D,
} from "three";
import type { Model, Part, Skin } from "./model";
import type { Look } from "./types";

const CLAY = new Color(0xd6c8ba); // as in the worker's preview
const UNLIT_SHARE = 0.42; // of a textured surface: the film's own light is in the texture already
const LIT = Math.PI; // the strength at which a matt surface that faces the light shows its own colour

/** The surfaces of a model, one a part, and the lines that lie over them as a wireframe. */
export interface Surfaces {
  apply(look: Look): void;
  dispose(): void;
}

/** Gives a model its surfaces. */
export function newSurfaces(model: Model): Surfaces {
  const lines = new MeshBasicMaterial({
    wireframe: true,
    color: 0x101218,
    transparent: true,
    opacity: 0.3,
    toneMapped: false,
  });
  const parts = model.parts.map((part) => dressed(part, lines));
  return {
    apply(look) {
      for (const { mesh, skin, textured, clay, overlay } of parts) {
        mesh.material = look.textured && hasOwnColour(skin) ? textured : clay;
        overlay.visible = look.wireframe;
      }
    },
    dispose() {
      lines.dispose();
      for (const { mesh, textured, clay, overlay } of parts) {
        mesh.remove(overlay);
        textured.dispose();
        clay.dispose();
      }
    },
  };
}

/**
 * Soft light from three quarters, a weak one from the other side and the sky. It moves with the camera, as it
 * does in the worker's preview: whatever side is looked at is lit well.
 *
 * @param camera that the lights are hung on; it must be in the scene.
 */
export function hangLights(camera: Object3D): void {
  const key = directed(camera, 0xfff6ea, 0.62 * LIT, [-0.55, 0.75, 0.65]);
  const fill = directed(camera, 0xe6efff, 0.14 * LIT, [0.9, 0, 0.45]);
  const front = directed(camera, 0xffffff, 0.16 * LIT, [0, 0, 1]);
  camera.add(key, fill, front);
}

/** The light of sky and ground, which stays where it is. */
export function newSky(): HemisphereLight {
  return new HemisphereLight(0xf4f6ff, 0x8d867f, 0.36 * LIT);
}

function dressed({ mesh, skin, normals }: Part, lines: MeshBasicMaterial) {
  const shared = { side: skin.side, flatShading: normals === null, ...inFrontOfLines };
  const clay = new MeshLambertMaterial({ ...shared, color: CLAY });
  const textured = new MeshLambertMaterial({
    ...shared,
    color: skin.colour.clone().multiplyScalar(1 - (skin.texture === null ? 0 : UNLIT_SHARE)),
    map: skin.texture,
    vertexColors: skin.painted,
    emissive: skin.texture === null ? 0x000000 : skin.colour,
    emissiveMap: skin.texture,
    emissiveIntensity: UNLIT_SHARE,
    toneMapped: false, // the film's own colours
  });
  const overlay = new Mesh<BufferGeometry>(mesh.geometry, lines);
  overlay.frustumCulled = false;
  overlay.visible = false;
  mesh.add(overlay);
  return { mesh, skin, clay, textured, overlay };
}

/** A surface a little further away than its own lines, so that they do not flicker. */
const inFrontOfLines = { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 } as const;

function hasOwnColour({ texture, painted }: Skin): boolean {
  return texture !== null || painted;
}

function directed(camera: Object3D, colour: number, strength: number, from: [number, number, number]) {
  const light = new DirectionalLight(colour, strength);
  light.position.set(...from);
  camera.add(light.target); // looks at the camera's own place, so only the direction counts
  return light;
}
