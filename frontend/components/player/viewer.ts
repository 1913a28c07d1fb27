import {
  type Box3,
  NeutralToneMapping,
  type Object3D,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from "three";
import { comparable, type Difference, newDifference } from "./difference";
import { isWithoutGpu, newLamps, newRoom } from "./environment";
import { type Ground, newGround } from "./ground";
import { type Joints, newJoints } from "./joints";
import { newSurfaces, type Surfaces } from "./looks";
import { type DrawLoop, newLoop } from "./loop";
import { disposeModel, type Model, pose } from "./model";
import { newOrbit, type Orbit } from "./orbit";
import { newShadow, type Shadow } from "./shadow";
import type { Look, StageTheme } from "./types";
import { watchSeen, watchSize } from "./watch";

const SHARPEST = 2; // pixels of the canvas a CSS pixel, at most

export interface ViewerOptions {
  /** Where less motion is asked for: the view stops where it is let go. */
  calm: boolean;
  /** Whether a neutral room lights it, and not a few lamps; where it is left out, if there is a GPU. */
  room?: boolean;
  /** Called at each picture with the seconds since the last: where the animation is, and whether it goes on. */
  onTick: (elapsedS: number) => { timeS: number; playing: boolean };
  /** It can be seen, or no longer: then nothing ticks. */
  onSeen: (seen: boolean) => void;
  /** The browser has taken the GPU away (true), or given it back. */
  onLost: (lost: boolean) => void;
}

/** Draws a mesh into an element, whenever something has changed. */
export interface Viewer {
  readonly canvas: HTMLCanvasElement;
  readonly orbit: Omit<Orbit, "frame" | "update" | "dispose">;
  /**
   * Shows a model, in place of the one before; both are the viewer's to free from now on.
   *
   * @param box around all of its keys.
   * @param truth what its difference is shown from, if the two have the same vertices.
   */
  show(model: Model, box: Box3, truth?: Model): Showing;
  look(look: Look, theme: StageTheme): void;
  /** Something has changed: draws. */
  wake(): void;
  /** The canvas with the mesh at a time, turned by so many radians; to be copied in the same task. */
  frame(timeS: number, yaw: number): HTMLCanvasElement;
  /** What is shown, as a PNG with nothing behind the mesh, its longer side `pixels` at most. */
  snapshot(pixels: number): Promise<Blob>;
  dispose(): void;
}

/** What can be seen of a model beside its surface. */
export interface Showing {
  joints: boolean;
  difference: boolean;
}

interface Shown {
  model: Model;
  truth: Model | null;
  box: Box3;
  joints: Joints | null;
  difference: Difference | null;
  surfaces: Surfaces;
  shadow: Shadow;
  ground: Ground;
}

/**
 * A viewer in an element, whose size it takes.
 *
 * @returns null where the browser has no WebGL 2.
 */
export function newViewer(
  host: HTMLElement,
  { calm, room, onTick, onSeen, onLost }: ViewerOptions,
): Viewer | null {
  const canvas = document.createElement("canvas");
  const renderer = newRenderer(canvas);
  if (renderer === null) return null;
  host.append(canvas);
  const scene = new Scene();
  const camera = new PerspectiveCamera();
  const light = (room ?? !isWithoutGpu(renderer)) ? newRoom(renderer, scene) : newLamps(scene, camera);
  const loop: DrawLoop = newLoop(tick);
  const orbit = newOrbit(camera, canvas, calm, loop.wake);
  const ready = new Map<Model, Shown>();
  let shown: Shown | null = null;
  let differs = false;
  let aspect = 1;
  let posedS: number | null = null;
  let turning = false;

  function tick(elapsedS: number): boolean {
    const { timeS, playing } = onTick(elapsedS);
    const moving = orbit.update(elapsedS);
    draw(timeS);
    return playing || moving || turning;
  }

  function draw(timeS: number): void {
    if (shown === null || renderer === null) return;
    if (posedS !== timeS) {
      pose(shown.model, timeS);
      shown.model.root.updateMatrixWorld();
      if (differs && shown.truth !== null) {
        pose(shown.truth, timeS);
        shown.difference?.update();
      }
      shown.shadow.update(renderer);
      posedS = timeS;
    }
    light.follow(camera);
    renderer.render(scene, camera);
  }

  function resize(width: number, height: number): void {
    if (renderer === null || width === 0 || height === 0) return;
    renderer.setPixelRatio(Math.min(devicePixelRatio, SHARPEST));
    renderer.setSize(width, height, false);
    aspect = width / height;
    if (shown === null) return;
    orbit.frame(shown.box, aspect);
    draw(onTick(0).timeS); // at once: a canvas whose size has changed is empty
  }

  resize(host.clientWidth, host.clientHeight);
  const endings = [
    watchSeen(host, (seen) => {
      loop.setSeen(seen);
      onSeen(seen);
    }),
    watchSize(host, resize),
    watchContext(canvas, (lost) => {
      posedS = null; // what was drawn off screen is lost, too
      if (!lost) light.renew();
      onLost(lost);
      if (!lost) loop.wake();
    }),
  ];

  return {
    canvas,
    orbit: {
      ...orbit,
      setTurning(now) {
        turning = now;
        orbit.setTurning(now);
      },
    },
    show(model, box, truth) {
      if (shown !== null) scene.remove(...pieces(shown));
      shown = ready.get(model) ?? newShown(model, box, truth ?? null);
      if (ready.size === 0) orbit.frame(box, aspect); // of those that come later the view stays
      ready.set(model, shown);
      scene.add(...pieces(shown));
      posedS = null;
      loop.wake();
      return { joints: shown.joints !== null, difference: shown.difference !== null };
    },
    look(look, theme) {
      differs = look.difference && shown?.difference != null;
      posedS = null;
      renderer.toneMappingExposure = 2 ** look.exposure;
      shown?.surfaces.apply(look);
      if (shown?.joints) shown.joints.group.visible = look.joints;
      for (const surface of shown?.difference?.surfaces ?? []) surface.visible = look.difference;
      shown?.ground.show({ grid: look.grid, theme });
      loop.wake();
    },
    wake: loop.wake,
    frame(timeS, yaw) {
      orbit.aside(yaw, () => draw(timeS));
      return canvas;
    },
    snapshot(pixels) {
      draw(onTick(0).timeS);
      return smallPng(canvas, pixels);
    },
    dispose() {
      loop.end();
      for (const end of endings) end();
      orbit.dispose();
      for (const one of ready.values()) remove(scene, one);
      light.dispose();
      renderer.dispose();
      renderer.forceContextLoss(); // else the browser keeps it until it has too many
      canvas.remove();
    },
  };
}

function newRenderer(canvas: HTMLCanvasElement): WebGLRenderer | null {
  const context = canvas.getContext("webgl2", {
    alpha: true,
    antialias: true,
    powerPreference: "high-performance",
  });
  if (context === null) return null;
  const renderer = new WebGLRenderer({ canvas, context });
  renderer.setClearColor(0x000000, 0);
  renderer.outputColorSpace = SRGBColorSpace;
  renderer.toneMapping = NeutralToneMapping;
  return renderer;
}

function newShown(model: Model, box: Box3, truth: Model | null): Shown {
  const shadow = newShadow(model.parts);
  const ground = newGround(box, shadow.texture);
  shadow.place(ground.middle, ground.side);
  const size = box.getSize(new Vector3()).length();
  const difference = truth !== null && comparable(model, truth) ? newDifference(model, truth, size) : null;
  const joints = newJoints(model);
  return { model, truth, box, joints, difference, surfaces: newSurfaces(model), shadow, ground };
}

function pieces({ model, ground, joints }: Shown): Object3D[] {
  return [model.root, ground.group, ...(joints === null ? [] : [joints.group])];
}

function remove(scene: Scene, shown: Shown): void {
  const { model, surfaces, shadow, ground, joints, difference } = shown;
  scene.remove(...pieces(shown));
  joints?.dispose();
  difference?.dispose();
  surfaces.dispose();
  shadow.dispose();
  ground.dispose();
  disposeModel(model);
}

function watchContext(canvas: HTMLCanvasElement, onLost: (lost: boolean) => void): () => void {
  const lost = (event: Event) => {
    event.preventDefault(); // or it is never given back
    onLost(true);
  };
  const back = () => onLost(false);
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", back);
  return () => {
    canvas.removeEventListener("webglcontextlost", lost);
    canvas.removeEventListener("webglcontextrestored", back);
  };
}

/** A canvas's picture, shrunk; to be called in the same task in which it was drawn. */
function smallPng(canvas: HTMLCanvasElement, pixels: number): Promise<Blob> {
  const scale = Math.min(1, pixels / Math.max(canvas.width, canvas.height));
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(canvas.width * scale));
  small.height = Math.max(1, Math.round(canvas.height * scale));
  const context = small.getContext("2d");
  if (context !== null) context.imageSmoothingQuality = "high";
  context?.drawImage(canvas, 0, 0, small.width, small.height);
  return new Promise((resolve, reject) => {
    small.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)), "image/png");
  });
}
