import { between } from "./playback";

/**
 * Seconds in the source video of each key of the animation.
 *
 * The first key is of the first frame taken, the last of the last, and between them time is even: keys may lie
 * between frames (`subsampling`), and frames may have none (`keyframe_error`).
 *
 * @param keyTimes seconds of each key in the animation, from 0 on.
 * @param taken seconds of each frame taken, in the source video.
 * @returns one time a key, or null if the frames' times are not known.
 */
export function sourceTimes(keyTimes: readonly number[], taken: readonly number[]): number[] | null {
  if (taken.length === 0 || taken.some((time) => !Number.isFinite(time))) return null;
  const frames = taken.map((_, frame) => frame);
  const duration = keyTimes.at(-1) ?? 0;
  return keyTimes.map((timeS) => {
    const frame = duration > 0 ? (timeS / duration) * (taken.length - 1) : 0;
    return mix(taken, between(frames, frame));
  });
}

/** Where the source video is at a time of the animation, and how fast it goes there: its seconds in one of the animation. */
export function sourceAt(
  keyTimes: readonly number[],
  source: readonly number[],
  timeS: number,
): { timeS: number; slope: number } {
  const place = between(keyTimes, timeS);
  const key = Math.min(place.key, Math.max(keyTimes.length - 2, 0));
  const span = (keyTimes[key + 1] ?? 0) - (keyTimes[key] ?? 0);
  const slope = span > 0 ? ((source[key + 1] ?? 0) - (source[key] ?? 0)) / span : 1;
  return { timeS: mix(source, place), slope };
}

function mix(values: readonly number[], { key, share }: { key: number; share: number }): number {
  const here = values[key] ?? 0;
  return here + ((values[key + 1] ?? here) - here) * share;
}
