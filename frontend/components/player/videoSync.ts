/** What the video is to show: a time, and how fast it goes on from there (0 stands still, less goes back). */
export interface Wanted {
  /** Seconds in the video. */
  timeS: number;
  /** Seconds of the video in one of the clock. */
  rate: number;
}

/** The part of a <video> that is used. Not every browser tells of its frames. */
export type Followed = Pick<
  HTMLVideoElement,
  | "currentTime"
  | "playbackRate"
  | "paused"
  | "seeking"
  | "readyState"
  | "play"
  | "pause"
  | "addEventListener"
  | "removeEventListener"
> &
  Partial<Pick<HTMLVideoElement, "requestVideoFrameCallback">>;

const HAVE_METADATA = 1;
const SLOWEST = 0.0625; // what browsers play
const FASTEST = 4;
const JUMP_S = 0.25; // more than this is not made good by going faster or slower
const SAME_S = 1e-3;
const SETTLE_S = 0.5; // in which a drift is made good
const MOST_CORRECTION = 0.3; // of the rate

/** The rate that brings a video back in step, given how far it is ahead of where it should be, in seconds. */
export function correctedRate(rate: number, aheadS: number): number {
  const correction = Math.min(Math.max(aheadS / SETTLE_S, -MOST_CORRECTION), MOST_CORRECTION);
  return rate * (1 - correction);
}

/**
 * Has a video follow a clock that is not its own.
 *
 * Forwards it plays, a little faster or slower while it is out of step, and jumps only where it is far out.
 * Where it stands, or would go backwards, which no browser plays, it is set to each time wanted, one after
 * another: of those that come while it is still seeking only the last counts.
 */
export function followClock(video: Followed): { want: (wanted: Wanted) => void; end: () => void } {
  let wanted: Wanted | null = null;
  let asked: number | null = null;
  let mayPlay = true;

  function seek(timeS: number): void {
    if (video.seeking || (asked !== null && Math.abs(asked - timeS) < SAME_S)) return;
    asked = timeS;
    video.currentTime = timeS;
    video.requestVideoFrameCallback?.(() => undefined); // else Chromium may leave the frame before on the screen
  }

  function playOn({ timeS, rate }: Wanted): void {
    const ahead = video.currentTime - timeS;
    if (Math.abs(ahead) > JUMP_S * Math.max(rate, 1)) seek(timeS);
    asked = video.seeking ? asked : null;
    video.playbackRate = correctedRate(rate, ahead);
    if (video.paused) {
      video.play().catch((error: unknown) => {
        if (error instanceof Error && error.name === "NotAllowedError") mayPlay = false; // then it is set, time by time
      });
    }
  }

  function follow(): void {
    if (wanted === null || video.readyState < HAVE_METADATA) return;
    if (mayPlay && wanted.rate >= SLOWEST && wanted.rate <= FASTEST) {
      playOn(wanted);
      return;
    }
    if (!video.paused) video.pause();
    seek(wanted.timeS);
  }

  video.addEventListener("loadedmetadata", follow);
  video.addEventListener("seeked", follow);
  return {
    want(next) {
      wanted = next;
      follow();
    },
    end() {
      video.removeEventListener("loadedmetadata", follow);
      video.removeEventListener("seeked", follow);
      if (!video.paused) video.pause();
    },
  };
}
