import type { Mode } from "@/lib/contract/worker";
import { EVEN_UP_TO_S, MIN_FRAMES, type NumFrames } from "@/lib/video/chosen";

export type { Mode } from "@/lib/contract/worker";

/** x0, y0, x1, y1 of the picture, 0 to 1 from the top left. */
export type Box = [number, number, number, number];

/** x and y, 0 to 1 from the top left, and whether the subject is there. */
export type Point = [number, number, boolean];

/** Everything that a person chooses for a job, but the video itself. */
export interface Choices {
  /** The part of the video, in seconds. */
  startS: number;
  endS: number;
  numFrames: NumFrames;
  mode: Mode;
  box: Box | null;
  points: Point[];
  /** When the frame that they were made on is shown, in seconds from the video's first; null without marks. */
  markedAtS: number | null;
  /** Fields of the request that differ from their defaults, by name. */
  knobs: Record<string, unknown>;
}

/**
 * The advanced settings to start from. Without a bucket results have to fit into RunPod's answer: a mesh per frame
 * would have no room.
 *
 * @param bucket whether the server has a bucket, and so most likely the worker
 */
export function firstKnobs(bucket: boolean): Record<string, unknown> {
  return bucket ? {} : { outputs: ["animated_mesh", "preview"] };
}

/**
 * What a fresh video starts with: its first four seconds, or all of it.
 *
 * @param durationS the video's length
 * @param bucket as for `firstKnobs`
 */
export function firstChoices(durationS: number, bucket = true): Choices {
  return {
    startS: 0,
    endS: Math.min(durationS, EVEN_UP_TO_S),
    numFrames: MIN_FRAMES,
    mode: "default",
    box: null,
    points: [],
    markedAtS: null,
    knobs: firstKnobs(bucket),
  };
}

/** How many of the advanced settings are not those that `first` has. */
export function countChanged(knobs: Record<string, unknown>, first: Record<string, unknown>): number {
  const names = new Set([...Object.keys(knobs), ...Object.keys(first)]);
  return [...names].filter((name) => JSON.stringify(knobs[name]) !== JSON.stringify(first[name])).length;
}

/** Settings that decide which frames are taken and what is the subject in them. */
const OF_MASKS = ["fps", "masks", "cache"];

/** The same choices for a job that finds the subject and makes nothing of it. */
export function forMasks(choices: Choices): Choices {
  const kept = Object.entries(choices.knobs).filter(([name]) => OF_MASKS.includes(name));
  return { ...choices, knobs: { ...Object.fromEntries(kept), outputs: ["masks"] } };
}

/** Whether two jobs of a video look for the same subject in the same frames. */
export function haveSameSubject(a: Choices, b: Choices): boolean {
  const told = ({ mode: _, ...choices }: Choices) => JSON.stringify(choices);
  return told(forMasks(a)) === told(forMasks(b));
}

/** The same choices of a video that begins so many seconds later. */
export function laterBy(choices: Choices, fromS: number): Choices {
  const { startS, endS } = choices;
  return { ...choices, startS: microseconds(startS - fromS), endS: microseconds(endS - fromS) };
}

/** Where the video is, as the request says it. */
export type VideoField = { video_url: string } | { video_base64: string };

/**
 * The job's input.
 *
 * @param choices what was chosen
 * @param video where the video is
 * @param durationS the length of what is sent; null if it is the chosen part alone, so that all of it is meant
 */
export function toInput(
  choices: Choices,
  video: VideoField,
  durationS: number | null,
): Record<string, unknown> {
  const input: Record<string, unknown> = {
    ...choices.knobs,
    num_frames: choices.numFrames,
    mode: choices.mode,
  };
  if (choices.numFrames !== "auto") delete input.max_frames; // of a cut the page knows the number itself
  if (durationS !== null) {
    if (choices.startS > 0) input.start_s = microseconds(choices.startS);
    if (choices.endS < durationS - 0.0005) input.end_s = microseconds(choices.endS);
  }
  if (choices.box !== null) input.subject_box = choices.box.map(round);
  if (choices.points.length > 0) {
    input.subject_points = choices.points.map(([x, y, inside]) => [round(x), round(y), inside]);
  }
  return { ...input, ...video };
}

/** The worker's own times are rounded to them. */
function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
