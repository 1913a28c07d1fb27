import {
  DirectionalLight,
  HemisphereLight,
  type PerspectiveCamera,
  PMREMGenerator,
  type Scene,
  Vector3,
  type WebGLRenderer,
  type WebGLRenderTarget,
} from "three";
import { RoomEnvironment } from "three/examples/jsm/environments/RoomEnvironment.js";
import { viewFrom } from "./camera";

const SOFTNESS = 0.04; // radians of blur, as three's own examples have it
const [NEAR, FAR] = [0.1, 100];
const PIXELS = 64; // a side of the cube: all that is lit by it is matt
const STRENGTH = 0.75;
const LIT = Math.PI; // the strength at which a matt surface that faces a lamp shows its own colour

/** What lights a scene. It turns with the camera: whatever side is looked at is lit well. */
export interface Light {
  follow(camera: PerspectiveCamera): void;
  /** Makes it anew, once the GPU has lost it. */
  renew(): void;
  dispose(): void;
}

/** A neutral room whose walls and lamps light a scene: three's `RoomEnvironment`, filtered for every roughness. */
export function newRoom(renderer: WebGLRenderer, scene: Scene): Light {
  const towards = new Vector3();
  let made: WebGLRenderTarget | null = null;

  function renew(): void {
    made?.dispose();
    const room = new RoomEnvironment();
    const generator = new PMREMGenerator(renderer);
    made = generator.fromScene(room, SOFTNESS, NEAR, FAR, { size: PIXELS });
    generator.dispose();
    room.dispose();
    scene.environment = made.texture;
    scene.environmentIntensity = STRENGTH;
  }

  renew();
  return {
    follow(camera) {
      scene.environmentRotation.y = viewFrom(towards.set(0, 0, 1).applyQuaternion(camera.quaternion)).yaw;
    },
    renew,
    dispose: () => made?.dispose(),
  };
}

/**
 * A few lamps that come near to the room: soft light from three quarters, a weak one from the other side and the sky.
 * Without a GPU the room takes seconds, at each start.
 */
export function newLamps(scene: Scene, camera: PerspectiveCamera): Light {
  const lamps = [
    lamp(camera, 0xfff6ea, 0.62 * LIT, [-0.55, 0.75, 0.65]),
    lamp(camera, 0xe6efff, 0.14 * LIT, [0.9, 0, 0.45]),
    lamp(camera, 0xffffff, 0.16 * LIT, [0, 0, 1]),
  ];
  const sky = new HemisphereLight(0xf4f6ff, 0x8d867f, 0.36 * LIT);
  scene.add(camera, sky);
  return {
    follow: () => undefined, // they hang on the camera
    renew: () => undefined,
    dispose() {
      for (const one of [...lamps, sky]) one.dispose();
    },
  };
}

/** Whether the processor draws in a GPU's place, as far as the browser tells. */
export function isWithoutGpu(renderer: WebGLRenderer): boolean {
  const gl = renderer.getContext();
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = told === null ? "" : gl.getParameter(told.UNMASKED_RENDERER_WEBGL);
  return /swiftshader|llvmpipe|softpipe|basic render/i.test(String(name));
}

function lamp(camera: PerspectiveCamera, colour: number, strength: number, from: [number, number, number]) {
  const light = new DirectionalLight(colour, strength);
  light.position.set(...from);
  camera.add(light, light.target); // it looks at the camera's own place, so only the direction counts
  return light;
}
