import type { Box3 } from "three";
import { failureOf, glbBytes } from "./bytes";
import { SIDES, type SideName } from "./camera";
import { newFollowers } from "./followers";
import { readModel } from "./load";
import { boxOfAllKeys, hasUv, type Model, moves } from "./model";
import type { SharedView } from "./orbit";
import {
  advance,
  atShare,
  keyOf,
  newPlayback,
  type Playback,
  pause,
  play,
  shareOf,
  step,
  toKey,
  withLoop,
  withSpeed,
} from "./playback";
import { LOADING, type PlayerState } from "./state";
import type { Look, Loop, MeshSource, PlayerFacts, StageTheme } from "./types";
import type { Followed } from "./videoSync";
import { sourceTimes } from "./videoTime";
import { newViewer, type Viewer } from "./viewer";

const SNAPSHOT_PIXELS = 512;
const SLICE_MS = 8; // of work between two looks at what else the page has to do
const USUAL_FPS = 24;

export interface PlayerOptions {
  source: MeshSource;
  rigged?: MeshSource | undefined;
  /** Where less motion is asked for: nothing starts by itself. */
  calm: boolean;
  turning: boolean;
  theme: StageTheme;
  facts?: PlayerFacts | undefined;
  /** Whether another player tells where it is: then it does not play by itself. */
  led?: boolean | undefined;
  /** Gets a picture of the first view. */
  onSnapshot?: ((png: Blob) => void) | undefined;
}

/** A mesh that plays in an element; what stands around it subscribes to its state. */
export interface Player {
  readonly canvas: HTMLCanvasElement | null;
  state(): PlayerState;
  subscribe(onChange: () => void): () => void;
  toggle(): void;
  step(by: 1 | -1): void;
  seek(key: number): void;
  setSpeed(speed: number): void;
  setLoop(loop: Loop): void;
  setLook(change: Partial<Look>): void;
  setTheme(theme: StageTheme): void;
  setTurning(turning: boolean): void;
  /** Shows the rigged mesh, or the other again. */
  setRig(shown: boolean): void;
  turn(byYaw: number, byPitch: number): void;
  zoom(factor: number): void;
  resetView(): void;
  lookFrom(side: SideName): void;
  /**
   * Does something with the model that is shown, which may pose it: afterwards it is shown as before.
   *
   * @throws Error where there is none yet; what the work throws
   */
  work<Made>(make: (model: Model) => Promise<Made>): Promise<Made>;
  /** What is shown, as a PNG with nothing behind the mesh, its longer side `pixels` at most. */
  picture(pixels: number): Promise<Blob>;
  /** See `Viewer.frame`. */
  frame(timeS: number, yaw: number): HTMLCanvasElement;
  view(): SharedView | null;
  /** Looks at it as another player does; see `SharedView`. */
  setView(view: SharedView): void;
  onView(listener: (view: SharedView) => void): () => void;
  /** Calls back with where the animation is, as a share of it, at once and at each picture; what it gives ends that. */
  onTime(listener: (share: number) => void): () => void;
  /** Stands at a share of the animation. */
  showAt(share: number): void;
  /** Has a video go in step, which begins `startS` seconds before the worker's; returns what ends that. */
  follow(video: Followed, startS: number): () => void;
  dispose(): void;
}

/** A player in an element; it begins to load at once. */
export function newPlayer(host: HTMLElement, options: PlayerOptions): Player {
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  const timers = new Set<(share: number) => void>();
  const clip = newFollowers();
  let state: PlayerState = {
    ...LOADING,
    turning: options.turning && !options.calm,
    rig: options.rigged === undefined ? "none" : "off",
  };
  let usual: Loaded | null = null;
  let rigged: Loaded | null = null;
  let playback = newPlayback(LOADING.keyTimes);
  let { theme } = options;

  function change(part: Partial<PlayerState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }

  function setPlayback(next: Playback): void {
    const key = keyOf(next);
    const { keyTimes, playing, speed, loop } = next;
    const before = playback;
    playback = next;
    const same =
      key === state.key && playing === before.playing && speed === before.speed && loop === before.loop;
    if (!same || keyTimes !== before.keyTimes) change({ key, keyTimes, playing, speed, loop });
  }

  function act(next: Playback): void {
    setPlayback(next);
    viewer?.wake();
  }

  function showLook(): void {
    viewer?.look(state.look, theme);
  }

  const viewer: Viewer | null = newViewer(host, {
    calm: options.calm,
    onTick(elapsedS) {
      setPlayback(advance(playback, elapsedS));
      clip.tell(playback);
      for (const listener of timers) listener(shareOf(playback));
      return { timeS: playback.timeS, playing: playback.playing };
    },
    onSeen: (seen) => seen || clip.tell(pause(playback)),
    onLost: (lost) => change({ phase: lost ? "lost" : "ready" }),
  });

  function shownViewer(): Viewer {
    if (viewer === null) throw new Error("there is no 3D view");
    return viewer;
  }

  async function fetchModel(from: MeshSource, onLoaded: (share: number | null) => void): Promise<Loaded> {
    const model = await readModel(await glbBytes(from, abort.signal, onLoaded));
    return { model, box: await boxOfAllKeys(model, newPace()) };
  }

  function show(shown: Viewer, { model, box }: Loaded, truth?: Model): void {
    const { joints, difference } = shown.show(model, box, truth);
    change({
      hasTexture: model.hasTexture,
      hasUv: hasUv(model),
      hasJoints: joints,
      hasDifference: difference,
    });
    showLook();
  }

  async function showRig(shown: Viewer, from: MeshSource): Promise<void> {
    change({ rig: "loading" });
    rigged ??= await fetchModel(from, () => undefined);
    if (abort.signal.aborted || state.rig !== "loading") return;
    change({ rig: "shown" });
    show(shown, rigged, usual?.model);
  }

  async function load(shown: Viewer): Promise<void> {
    const loaded = await fetchModel(options.source, (share) => change({ loaded: share }));
    const { model } = loaded;
    if (abort.signal.aborted) return;
    usual = loaded;
    if (model.parts.some(({ skin }) => skin.unlit)) change({ look: { ...state.look, shading: "flat" } });
    show(shown, loaded);
    shown.orbit.setTurning(state.turning);
    const taken = options.facts?.source?.timestamps_s ?? model.taken;
    clip.know(sourceTimes(model.keyTimes, taken), options.facts?.source?.fps ?? USUAL_FPS);
    change({ phase: "ready" });
    const started = newPlayback(model.keyTimes, model.loops ? "around" : "fro");
    act(moves(model) && !options.calm && !options.led ? play(started) : started);
    if (options.onSnapshot !== undefined) await shown.snapshot(SNAPSHOT_PIXELS).then(options.onSnapshot);
  }

  if (viewer === null) change({ phase: "no-webgl" });
  else {
    load(viewer).catch((error: unknown) => {
      if (!abort.signal.aborted) change({ phase: "failed", failure: failureOf(error) });
    });
  }

  return {
    canvas: viewer?.canvas ?? null,
    state: () => state,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    toggle: () => act(playback.playing ? pause(playback) : play(playback)),
    step: (by) => act(step(playback, by)),
    seek: (key) => act(toKey(playback, key)),
    setSpeed: (speed) => act(withSpeed(playback, speed)),
    setLoop: (loop) => act(withLoop(playback, loop)),
    setLook(part) {
      change({ look: { ...state.look, ...part } });
      showLook();
    },
    setTheme(next) {
      theme = next;
      showLook();
    },
    setTurning(turning) {
      change({ turning });
      viewer?.orbit.setTurning(turning);
    },
    setRig(wanted) {
      if (viewer === null || usual === null || options.rigged === undefined) return;
      if (wanted) {
        showRig(viewer, options.rigged).catch(() => abort.signal.aborted || change({ rig: "failed" }));
        return;
      }
      change({ rig: "off" });
      show(viewer, usual);
    },
    turn: (byYaw, byPitch) => viewer?.orbit.turn(byYaw, byPitch),
    zoom: (factor) => viewer?.orbit.zoom(factor),
    resetView: () => viewer?.orbit.reset(),
    lookFrom: (side) => viewer?.orbit.lookFrom(SIDES[side]),
    async work(make) {
      const model = state.rig === "shown" ? rigged?.model : usual?.model;
      if (model === undefined) throw new Error("there is no mesh");
      return make(model).finally(() => abort.signal.aborted || showLook());
    },
    picture: async (pixels) => shownViewer().snapshot(pixels),
    frame: (timeS, yaw) => shownViewer().frame(timeS, yaw),
    view: () => viewer?.orbit.view() ?? null,
    setView: (view) => viewer?.orbit.setView(view),
    onView: (listener) => viewer?.orbit.onView(listener) ?? (() => undefined),
    onTime(listener) {
      timers.add(listener);
      listener(shareOf(playback));
      return () => timers.delete(listener);
    },
    showAt: (share) => act(atShare(playback, share)),
    follow(video, startS) {
      const end = clip.add(video, startS);
      viewer?.wake();
      return end;
    },
    dispose() {
      abort.abort();
      listeners.clear();
      timers.clear();
      clip.end();
      viewer?.dispose();
    },
  };
}

interface Loaded {
  model: Model;
  box: Box3;
}

/** Something to await often: it lets the page do other things once a slice of time is used up. */
function newPace(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    sinceMs = performance.now();
  };
}
