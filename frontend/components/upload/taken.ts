import { chosenTimes, type VideoFacts } from "@/lib/video";
import { EVEN_UP_TO_S, MIN_FRAMES, type NumFrames, TWO_WINDOWS } from "@/lib/video/chosen";
import type { Choices } from "./choices";

const SAME_S = 0.0005; // so close two moments are one frame
const END_S = 0.0005; // so close to the video's end it is the end that is meant

/** Which frames the worker will take, as far as a page can know. */
export interface Taken {
  /** When each is shown, in seconds from the video's first frame; empty where only the worker can tell. */
  times: number[];
  /** How many they are; where the part has too few, how many are needed. */
  count: number;
  /** How many frames the part has, where they are too few; else null. */
  available: number | null;
}

type Asked = Pick<Choices, "startS" | "endS" | "numFrames" | "knobs">;

/** The frames that will be taken of the part, at the rate that the advanced settings name, if they name one. */
export function takenOf({ startS, endS, numFrames, knobs }: Asked, facts: VideoFacts): Taken {
  const end = endS > facts.durationS - END_S ? null : endS;
  const fps = typeof knobs.fps === "number" ? knobs.fps : null;
  const most = typeof knobs.max_frames === "number" ? knobs.max_frames : undefined;
  const chosen = chosenTimes(startS, end, numFrames, facts, fps, most);
  switch (chosen.kind) {
    case "exact":
      return { times: chosen.times, count: chosen.times.length, available: null };
    case "busiest":
      return { times: [], count: chosen.count, available: null };
    case "short":
      return { times: [], count: chosen.needed, available: chosen.available };
    case "outside":
      return { times: [], count: MIN_FRAMES, available: 0 };
  }
}

/**
 * How many frames to ask for of a cut, which need not be as long as the part: as many as are shown. What auto
 * comes to beyond two windows is left to the worker, which may take fewer.
 */
export function askedOfCut(choices: Choices, facts: VideoFacts): NumFrames {
  const { count } = takenOf(choices, facts);
  return choices.numFrames === "auto" && count > TWO_WINDOWS ? "auto" : count;
}

/**
 * The frames that will be taken, where they can be sent alone: they are known, as many as every worker takes, and so close
 * that a video of none but them is taken whole. Else null.
 */
export function pickedOf(choices: Asked, facts: VideoFacts): number[] | null {
  const { times, available } = takenOf(choices, facts);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const isWhole = available === null && times.length >= MIN_FRAMES && last - first <= EVEN_UP_TO_S;
  return isWhole && times.length <= TWO_WINDOWS ? times : null;
}

/** Whether two choices take the same frames, where the second's video begins so much later than the first's. */
export function isSameTaken(one: Taken, other: Taken, laterS: number): boolean {
  if (one.count !== other.count || one.times.length !== other.times.length) return false;
  return one.times.every((time, k) => Math.abs(time - laterS - (other.times[k] ?? 0)) < SAME_S);
}
