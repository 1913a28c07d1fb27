import type { Loop } from "./types";

/** Where an animation stands. All changes are pure functions. */
export interface Playback {
  /** Seconds of each key, growing, from 0 on; a mesh that stands still has one. */
  readonly keyTimes: readonly number[];
  readonly timeS: number;
  readonly direction: 1 | -1;
  readonly playing: boolean;
  /** Seconds of the animation in one of the clock. */
  readonly speed: number;
  readonly loop: Loop;
}

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2] as const;
const SAME_S = 1e-4; // times closer than this are the same key's

export function newPlayback(keyTimes: readonly number[], loop: Loop = "fro"): Playback {
  return { keyTimes, timeS: 0, direction: 1, playing: false, speed: 1, loop };
}

/** Seconds from the first key to the last. */
export function durationOf({ keyTimes }: Pick<Playback, "keyTimes">): number {
  return keyTimes.at(-1) ?? 0;
}

/** The key nearest to the time. */
export function keyOf({ keyTimes, timeS }: Pick<Playback, "keyTimes" | "timeS">): number {
  const { key, share } = between(keyTimes, timeS);
  return share < 0.5 ? key : key + 1;
}

/** The last key at or before a time, and the share of the way to the next: 0 at the last key of all. */
export function between(keyTimes: readonly number[], timeS: number): { key: number; share: number } {
  let low = 0;
  let high = keyTimes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((keyTimes[middle] ?? 0) <= timeS) low = middle;
    else high = middle - 1;
  }
  const start = keyTimes[low] ?? 0;
  const end = keyTimes[low + 1];
  if (end === undefined || timeS <= start) return { key: low, share: 0 };
  return { key: low, share: (timeS - start) / (end - start) };
}

/** Lets time pass; the end of a loop turns it around, starts it anew or stops it. */
export function advance(state: Playback, elapsedS: number): Playback {
  const duration = durationOf(state);
  if (!state.playing || duration === 0) return state;
  const time = state.timeS + elapsedS * state.speed * state.direction;
  if (time >= 0 && time <= duration) return { ...state, timeS: time };
  if (state.loop === "once") return { ...state, timeS: duration, playing: false };
  if (state.loop === "around") return { ...state, timeS: modulo(time, duration) };
  const unfolded = modulo(time, 2 * duration); // there and back as one way
  if (unfolded <= duration) return { ...state, timeS: unfolded, direction: flipped(state, time) };
  return { ...state, timeS: 2 * duration - unfolded, direction: flipped(state, time) };
}

/** Starts, at the beginning again if a single run has ended. */
export function play(state: Playback): Playback {
  const ended = state.loop === "once" && state.timeS >= durationOf(state) - SAME_S;
  return { ...state, playing: durationOf(state) > 0, timeS: ended ? 0 : state.timeS };
}

/** Stops at the nearest key, which is what the scrubber and the source video show. */
export function pause(state: Playback): Playback {
  return { ...state, playing: false, timeS: state.keyTimes[keyOf(state)] ?? 0 };
}

/** Stops at a key; one that is not there is the nearest. */
export function toKey(state: Playback, key: number): Playback {
  const last = state.keyTimes.length - 1;
  const timeS = state.keyTimes[Math.min(Math.max(Math.round(key), 0), last)] ?? 0;
  return { ...state, playing: false, direction: 1, timeS };
}

/** Stops at the next key (1) or the one before (-1); from between two keys at one of them. */
export function step(state: Playback, by: 1 | -1): Playback {
  const { key, share } = between(state.keyTimes, state.timeS + SAME_S);
  const onKey = state.timeS - (state.keyTimes[key] ?? 0) <= SAME_S || share === 0;
  return toKey(state, by === 1 || onKey ? key + by : key);
}

/** Where it is, as a share of the whole. */
export function shareOf(state: Playback): number {
  const duration = durationOf(state);
  return duration > 0 ? state.timeS / duration : 0;
}

/** Stops at a share of the whole, between keys, too. */
export function atShare(state: Playback, share: number): Playback {
  return { ...state, playing: false, direction: 1, timeS: share * durationOf(state) };
}

export function withSpeed(state: Playback, speed: number): Playback {
  return { ...state, speed };
}

/** Only to and fro goes backwards. */
export function withLoop(state: Playback, loop: Loop): Playback {
  return { ...state, loop, direction: loop === "fro" ? state.direction : 1 };
}

/** The direction after a way that went over an end: turned around once for each end passed. */
function flipped(state: Playback, time: number): 1 | -1 {
  const turns = Math.abs(Math.floor(time / durationOf(state)));
  return turns % 2 === 0 ? state.direction : state.direction === 1 ? -1 : 1;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
