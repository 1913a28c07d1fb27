import { keyOf, type Playback } from "./playback";
import { type Followed, followClock, type Wanted } from "./videoSync";
import { sourceAt } from "./videoTime";

const INTO_FRAME = 0.3; // of a frame: a video is set this far into it, since the times known are rounded

/** The videos that go in step with a mesh. */
export interface Followers {
  /** Which times of the source video the keys have, and its frames per second; null keeps the videos still. */
  know(source: readonly number[] | null, fps: number): void;
  /** Adds a video, in which the worker's begins at `startS`; returns what takes it away again. */
  add(video: Followed, startS: number): () => void;
  tell(playback: Playback): void;
  end(): void;
}

export function newFollowers(): Followers {
  const clocks = new Map<ReturnType<typeof followClock>, number>();
  let source: readonly number[] | null = null;
  let intoS = 0;
  return {
    know(times, fps) {
      source = times;
      intoS = INTO_FRAME / fps;
    },
    add(video, startS) {
      const clock = followClock(video);
      clocks.set(clock, startS);
      return () => {
        clock.end();
        clocks.delete(clock);
      };
    },
    tell(playback) {
      if (source === null) return;
      const { timeS, rate } = wantedOf(playback, source);
      for (const [clock, startS] of clocks) clock.want({ timeS: timeS + startS + intoS, rate });
    },
    end() {
      for (const clock of clocks.keys()) clock.end();
      clocks.clear();
    },
  };
}

/** What the source video is to show: forwards it plays, otherwise it is at the nearest key's own frame. */
export function wantedOf(playback: Playback, source: readonly number[]): Wanted {
  const { keyTimes, timeS, playing, direction, speed } = playback;
  if (!playing || direction < 0) return { timeS: source[keyOf(playback)] ?? 0, rate: playing ? -speed : 0 };
  const at = sourceAt(keyTimes, source, timeS);
  return { timeS: at.timeS, rate: at.slope * speed };
}
