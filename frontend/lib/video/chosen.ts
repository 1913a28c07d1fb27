import type { Request } from "@/lib/contract/request";
import { WORKER } from "@/lib/contract/worker";
import { distinct, linspace, nearest } from "./numbers";

/** Frames up to so far apart are covered whole; of a longer part the worker takes the busiest window. */
export const EVEN_UP_TO_S = WORKER.sampling.even_up_to_s;
/** The rate in that window. */
const WINDOW_FPS = WORKER.sampling.window_fps;
/** The least frames that a video must have, whatever part of it is taken. */
export const MIN_FRAMES = WORKER.frames.least;
/** How many take ActionMesh no longer than one more than the least. */
export const TWO_WINDOWS = WORKER.frames.two_windows;
/** The most that auto comes to, with a worker whose MAX_FRAMES is not set. */
export const AUTO_MOST = WORKER.frames.auto_most;

const EPSILON_S = 1e-6; // timestamps are rounded to microseconds

/** How many frames are asked for; auto leaves it to the worker. */
export type NumFrames = NonNullable<Request["num_frames"]>;

/** A video's frames: when each is shown, seconds from the first, rising; and the end of the last. */
export interface Clock {
  times: readonly number[];
  durationS: number;
}

/** Which frames the worker will take. */
export type Chosen =
  /** exact: these. times: when each is shown, in seconds from the video's first frame; indices: which they are. */
  | { kind: "exact"; times: number[]; indices: number[] }
  /** busiest: so many in a window as long as this; where it lies only the worker finds out, by the motion in it. */
  | { kind: "busiest"; count: number; windowS: number }
  /** short: the part, or the video, has too few. */
  | { kind: "short"; available: number; needed: number }
  /** outside: the part begins after the video's end. */
  | { kind: "outside" };

/**
 * The frames that the worker takes of the part [startS, endS): actionmesh_wrapper/video/sampling.py by the letter,
 * but for the busiest window of a long part.
 *
 * @param startS seconds from the video's first frame
 * @param endS seconds; null is the video's end
 * @param numFrames how many are asked for
 * @param clock the video's frames
 * @param fps frames a second as the request names them; null is the worker's own choice
 * @param most how many auto may come to
 */
export function chosenTimes(
  startS: number,
  endS: number | null,
  numFrames: NumFrames,
  { times, durationS }: Clock,
  fps: number | null = null,
  most: number = AUTO_MOST,
): Chosen {
  if (startS >= durationS) return { kind: "outside" };
  if (times.length < MIN_FRAMES) return { kind: "short", available: times.length, needed: MIN_FRAMES };
  const first = times.findIndex((time) => time >= startS - EPSILON_S);
  const after = endS === null ? -1 : times.findIndex((time) => time >= endS - EPSILON_S);
  const clock = first < 0 ? [] : times.slice(first, after < 0 ? times.length : after);
  const seconds = Math.min(endS ?? durationS, durationS) - startS;
  const needed = howMany(clock.length, seconds, numFrames, fps, most);
  if (clock.length < needed) return { kind: "short", available: clock.length, needed };

  const targets = targetsOf(clock, startS, seconds, needed, fps);
  if (!Array.isArray(targets)) return targets;
  const indices = distinct(nearest(clock, targets), clock.length);
  return {
    kind: "exact",
    times: indices.map((index) => clock[index] ?? 0),
    indices: indices.map((index) => first + index),
  };
}

/** How many of a part's frames are taken: auto is 16 where they cover it, 31 where these do, else as many as do. */
function howMany(
  frames: number,
  seconds: number,
  numFrames: NumFrames,
  fps: number | null,
  most: number,
): number {
  if (numFrames !== "auto") return numFrames;
  let covering = atRate(fps ?? WINDOW_FPS, seconds);
  if (fps === null && seconds <= EVEN_UP_TO_S + EPSILON_S) covering = Math.min(covering, TWO_WINDOWS);
  const available = Math.min(frames, AUTO_MOST, most, fps === null ? frames : covering);
  if (covering <= MIN_FRAMES || available < TWO_WINDOWS) return MIN_FRAMES;
  return Math.min(Math.max(covering, TWO_WINDOWS), available);
}

/** How many frames so many seconds have at a rate, the first of them at 0 s. */
function atRate(fps: number, seconds: number): number {
  return Math.ceil((seconds - EPSILON_S) * fps);
}

/** The moments that frames are asked for at, or what there is to say instead. */
function targetsOf(
  clock: readonly number[],
  startS: number,
  seconds: number,
  needed: number,
  fps: number | null,
): number[] | Chosen {
  if (fps !== null) {
    const available = atRate(fps, seconds);
    if (available < needed) return { kind: "short", available, needed };
    return Array.from({ length: needed }, (_, k) => startS + k / fps);
  }
  const [first = 0, last = first] = [clock[0], clock.at(-1)];
  if (last - first <= EVEN_UP_TO_S + EPSILON_S) return linspace(first, last, needed);
  return { kind: "busiest", count: needed, windowS: needed / WINDOW_FPS };
}
