import { distinct, linspace, nearest } from "./numbers";

/** A part up to here is covered whole; of a longer one the worker takes the busiest window. */
export const EVEN_UP_TO_S = 4;
/** The rate in that window. */
const WINDOW_FPS = 8;
/** The least frames that a video must have, whatever part of it is taken. */
export const MIN_FRAMES = 16;

const EPSILON_S = 1e-6; // timestamps are rounded to microseconds

/** A video's frames: when each is shown, seconds from the first, rising; and the end of the last. */
export interface Clock {
  times: readonly number[];
  durationS: number;
}

/** Which frames the worker will take. */
export type Chosen =
  /** exact: these. times: when each is shown, in seconds from the video's first frame; indices: which they are. */
  | { kind: "exact"; times: number[]; indices: number[] }
  /** busiest: a window as long as this of the part; where it lies only the worker finds out, by the motion in it. */
  | { kind: "busiest"; windowS: number }
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
 */
export function chosenTimes(
  startS: number,
  endS: number | null,
  numFrames: number,
  { times, durationS }: Clock,
  fps: number | null = null,
): Chosen {
  if (startS >= durationS) return { kind: "outside" };
  if (times.length < MIN_FRAMES) return { kind: "short", available: times.length, needed: MIN_FRAMES };
  const first = times.findIndex((time) => time >= startS - EPSILON_S);
  const after = endS === null ? -1 : times.findIndex((time) => time >= endS - EPSILON_S);
  const clock = first < 0 ? [] : times.slice(first, after < 0 ? times.length : after);
  if (clock.length < numFrames) return { kind: "short", available: clock.length, needed: numFrames };

  const seconds = Math.min(endS ?? durationS, durationS) - startS;
  const targets = targetsOf(clock, startS, seconds, numFrames, fps);
  if (!Array.isArray(targets)) return targets;
  const indices = distinct(nearest(clock, targets), clock.length);
  return {
    kind: "exact",
    times: indices.map((index) => clock[index] ?? 0),
    indices: indices.map((index) => first + index),
  };
}

/** The moments that frames are asked for at, or what there is to say instead. */
function targetsOf(
  clock: readonly number[],
  startS: number,
  seconds: number,
  numFrames: number,
  fps: number | null,
): number[] | Chosen {
  if (fps !== null) {
    const available = Math.ceil((seconds - EPSILON_S) * fps);
    if (available < numFrames) return { kind: "short", available, needed: numFrames };
    return Array.from({ length: numFrames }, (_, k) => startS + k / fps);
  }
  if (seconds <= EVEN_UP_TO_S + EPSILON_S) return linspace(clock[0] ?? 0, clock.at(-1) ?? 0, numFrames);
  return { kind: "busiest", windowS: numFrames / WINDOW_FPS };
}
