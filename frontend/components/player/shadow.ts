import {
  Color,
  DoubleSide,
  Fog,
  Mesh,
  MeshBasicMaterial,
  NoBlending,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  ShaderMaterial,
  type Texture,
  type Vector3,
  type WebGLRenderer,
  WebGLRenderTarget,
} from "three";
import type { Part } from "./model";

const PIXELS = 128; // soft as it is, more would not be seen
const REACH = 0.3; // of the ground's side: what is higher up casts no shadow
const BLURS = [1.6]; // pixels between two taps
const BLACK = new Color(0x000000);

/** The soft shadow right under a mesh. */
export interface Shadow {
  /** The ground seen from below, white where the shadow is darkest. */
  readonly texture: Texture;
  /** Which square of ground is looked at. */
  place(middle: Vector3, side: number): void;
  /** Draws it anew, after the mesh has moved. */
  update(renderer: WebGLRenderer): void;
  dispose(): void;
}

/**
 * A shadow as of a wide sky: the mesh is seen from the ground below, the darker the nearer it is (by a fog
 * that is black from a height on), and then blurred.
 */
export function newShadow(parts: readonly Part[]): Shadow {
  const seen = new WebGLRenderTarget(PIXELS, PIXELS);
  const spare = new WebGLRenderTarget(PIXELS, PIXELS, { depthBuffer: false });
  const eye = new OrthographicCamera();
  eye.up.set(0, 0, 1);
  const fog = new Fog(BLACK, 0, 1);
  const scene = new Scene();
  scene.fog = fog;
  const white = new MeshBasicMaterial({ color: 0xffffff, side: DoubleSide });
  const twins = parts.map(({ mesh }) => twinOf(mesh, white));
  scene.add(...twins);
  const blur = newBlur();
  return {
    texture: seen.texture,
    place(middle, side) {
      const half = side / 2;
      Object.assign(eye, { left: -half, right: half, top: half, bottom: -half, near: 0, far: side * REACH });
      fog.far = eye.far;
      eye.position.copy(middle);
      eye.lookAt(middle.x, middle.y + 1, middle.z);
      eye.updateProjectionMatrix();
    },
    update(renderer) {
      for (const [i, { mesh }] of parts.entries()) twins[i]?.matrix.copy(mesh.matrixWorld);
      drawTo(renderer, seen, scene, eye);
      for (const pixels of BLURS) blur.apply(renderer, seen, spare, pixels);
      renderer.setRenderTarget(null);
    },
    dispose() {
      for (const part of [seen, spare, white, blur]) part.dispose();
    },
  };
}

function twinOf({ geometry }: Mesh, material: MeshBasicMaterial): Mesh {
  const twin = new Mesh(geometry, material);
  twin.frustumCulled = false;
  twin.matrixAutoUpdate = false;
  return twin;
}

function drawTo(
  renderer: WebGLRenderer,
  target: WebGLRenderTarget,
  scene: Scene,
  camera: OrthographicCamera,
): void {
  const colour = renderer.getClearColor(new Color());
  const alpha = renderer.getClearAlpha();
  renderer.setClearColor(BLACK, 1);
  renderer.setRenderTarget(target);
  renderer.clear();
  renderer.render(scene, camera);
  renderer.setClearColor(colour, alpha);
}

const ACROSS = `
varying vec2 at;
void main() {
  at = uv;
  gl_Position = vec4(position.xy, 0.0, 1.0);
}`;

/** Nine taps of a Gaussian, `step` texture widths apart. */
const GAUSS = `
uniform sampler2D picture;
uniform vec2 stride;
varying vec2 at;
void main() {
  vec4 sum = texture2D(picture, at) * 0.2042;
  for (int i = 1; i <= 4; i++) {
    float weight = i == 1 ? 0.1802 : i == 2 ? 0.1238 : i == 3 ? 0.0663 : 0.0276;
    sum += (texture2D(picture, at + stride * float(i)) + texture2D(picture, at - stride * float(i))) * weight;
  }
  gl_FragColor = sum;
}`;

function newBlur() {
  const uniforms = { picture: { value: null as Texture | null }, stride: { value: [0, 0] } };
  const material = new ShaderMaterial({
    uniforms,
    vertexShader: ACROSS,
    fragmentShader: GAUSS,
    blending: NoBlending,
    depthTest: false,
    depthWrite: false,
  });
  const sheet = new Mesh(new PlaneGeometry(2, 2), material);
  sheet.frustumCulled = false;
  const scene = new Scene().add(sheet);
  const camera = new OrthographicCamera();
  return {
    /** Blurs `picture` in place, by way of `spare`. */
    apply(
      renderer: WebGLRenderer,
      picture: WebGLRenderTarget,
      spare: WebGLRenderTarget,
      pixels: number,
    ): void {
      for (const [from, to, direction] of [
        [picture, spare, [pixels / PIXELS, 0]],
        [spare, picture, [0, pixels / PIXELS]],
      ] as const) {
        uniforms.picture.value = from.texture;
        uniforms.stride.value = [...direction];
        drawTo(renderer, to, scene, camera);
      }
    },
    dispose(): void {
      material.dispose();
      sheet.geometry.dispose();
    },
  };
}
