import { type Box3, type PerspectiveCamera, Vector3 } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import {
  directionOf,
  FIRST_VIEW,
  fittingDistance,
  turned,
  type View,
  verticalAngle,
  viewFrom,
} from "./camera";

const TURNTABLE_S = 14; // one turn
const NEAREST = 0.25; // of the distance at which all is seen, as the next
const FURTHEST = 2.5;

/** How a person looks at the mesh: by pointer, touch and keyboard. */
export interface Orbit {
  /** What is looked at: the whole box from the first view, unless somebody has turned the view already. */
  frame(box: Box3, aspect: number): void;
  /** Lets time pass; true while the view still moves. */
  update(elapsedS: number): boolean;
  turn(byYaw: number, byPitch: number): void;
  /** Comes nearer by a factor under 1, goes further away by one over it. */
  zoom(factor: number): void;
  setTurning(turning: boolean): void;
  /** Looks at the middle of all from one side. */
  lookFrom(view: View): void;
  /** Does something while the camera is turned about the mesh by so many radians. */
  aside(yaw: number, work: () => void): void;
  reset(): void;
  /** How the mesh is looked at, in terms that suit a mesh of another size. */
  view(): SharedView;
  /** Looks at it in the same way; no listener is told of that. */
  setView(view: SharedView): void;
  /** Calls back with each change of the view but by `setView`; what it gives ends that. */
  onView(listener: (view: SharedView) => void): () => void;
  dispose(): void;
}

/** A view in units of the distance at which all of a mesh is seen. */
export interface SharedView {
  /** From what is looked at to the camera. */
  offset: Vector3;
  /** From the mesh's middle to what is looked at. */
  shift: Vector3;
}

/** @param draw called whenever the view has to be drawn anew. */
export function newOrbit(
  camera: PerspectiveCamera,
  canvas: HTMLElement,
  calm: boolean,
  draw: () => void,
): Orbit {
  const listeners = new Set<(view: SharedView) => void>();
  let given = false;
  const controls = new OrbitControls(camera, canvas);
  controls.enableDamping = !calm;
  controls.dampingFactor = 0.12;
  controls.autoRotateSpeed = 60 / TURNTABLE_S;
  controls.addEventListener("change", onMove);
  canvas.style.touchAction = "pan-y"; // a finger that goes up or down scrolls the page
  const stopGuarding = guardWheel(canvas);
  const middle = new Vector3();
  let distance = 1;
  let touched = false;
  controls.addEventListener("start", () => {
    touched = true;
    onMove();
  });

  function view(): SharedView {
    return {
      offset: offset().divideScalar(distance),
      shift: controls.target.clone().sub(middle).divideScalar(distance),
    };
  }

  function onMove(): void {
    draw();
    if (given) return;
    for (const listener of listeners) listener(view());
  }

  function lookFrom(direction: Vector3, away: number): void {
    controls.enableDamping = false; // what is left of an earlier swing ends here
    controls.update();
    camera.position.copy(direction.setLength(away).add(controls.target));
    controls.update();
    controls.enableDamping = !calm;
    onMove();
  }

  function lookAtAll(): void {
    controls.target.copy(middle);
    lookFrom(directionOf(FIRST_VIEW), distance);
  }

  function offset(): Vector3 {
    return camera.position.clone().sub(controls.target);
  }

  return {
    frame(box, aspect) {
      camera.aspect = aspect;
      camera.fov = verticalAngle(aspect);
      const before = distance;
      distance = fittingDistance(box, aspect);
      Object.assign(camera, { near: distance / 50, far: distance * 20 });
      camera.updateProjectionMatrix();
      Object.assign(controls, { minDistance: distance * NEAREST, maxDistance: distance * FURTHEST });
      box.getCenter(middle);
      if (touched) lookFrom(offset().normalize(), (offset().length() * distance) / before);
      else lookAtAll();
    },
    update: (elapsedS) => controls.update(elapsedS),
    turn(byYaw, byPitch) {
      touched = true;
      lookFrom(directionOf(turned(viewFrom(offset()), byYaw, byPitch)), offset().length());
    },
    zoom(factor) {
      touched = true;
      const away = Math.min(Math.max(offset().length() * factor, controls.minDistance), controls.maxDistance);
      lookFrom(offset(), away);
    },
    setTurning(turning) {
      controls.autoRotate = turning;
      if (turning) touched = true;
      onMove();
    },
    lookFrom(view) {
      touched = true;
      controls.target.copy(middle);
      lookFrom(directionOf(view), distance);
    },
    aside(yaw, work) {
      const [position, quaternion] = [camera.position.clone(), camera.quaternion.clone()];
      camera.position.copy(offset().applyAxisAngle(camera.up, yaw).add(controls.target));
      camera.lookAt(controls.target);
      work();
      camera.position.copy(position);
      camera.quaternion.copy(quaternion);
    },
    reset() {
      touched = controls.autoRotate;
      lookAtAll();
    },
    view,
    setView({ offset, shift }) {
      touched = true;
      given = true;
      controls.target.copy(middle).addScaledVector(shift, distance);
      lookFrom(offset.clone(), offset.length() * distance);
      given = false;
    },
    onView(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      listeners.clear();
      stopGuarding();
      controls.dispose();
    },
  };
}

/** Leaves the wheel to the page until the canvas is clicked on, unless Ctrl is held or it fills the screen. */
function guardWheel(canvas: HTMLElement): () => void {
  const parent = canvas.parentElement;
  function guard(event: WheelEvent): void {
    const meant = event.ctrlKey || document.activeElement === canvas || document.fullscreenElement !== null;
    if (!meant) event.stopPropagation();
  }
  parent?.addEventListener("wheel", guard, { capture: true, passive: true });
  return () => parent?.removeEventListener("wheel", guard, { capture: true });
}
