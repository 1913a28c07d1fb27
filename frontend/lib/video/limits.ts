import { failure } from "@/lib/api/failure";
import { WORKER } from "@/lib/contract/worker";

/** The worker's bounds. */
export const LIMITS = {
  durationS: WORKER.video.max_duration_s,
  frames: WORKER.video.max_frames,
  pixels: WORKER.video.max_pixels,
};

/** @throws ApiFailure TOO_LARGE_FRAME */
export function checkSize(width: number, height: number): void {
  if (width * height <= LIMITS.pixels) return;
  const most = Math.floor(LIMITS.pixels / 1e6);
  throw failure(
    "TOO_LARGE_FRAME",
    `The video’s frames have ${width} × ${height} pixels; at most ${most} million are allowed.`,
  );
}

/** The most frames that the page lists, whatever part of them is sent: an hour of 120 a second. */
const MOST_LISTED = 432_000;

/** @throws ApiFailure TOO_MANY_FRAMES */
export function checkListed(frames: number): void {
  if (frames <= MOST_LISTED) return;
  throw failure(
    "TOO_MANY_FRAMES",
    `This video has more than ${MOST_LISTED.toLocaleString("en-GB")} frames, too many to choose from here.`,
  );
}

/** Whether the worker takes a video of so many frames and seconds. */
export function isTaken(frames: number, seconds: number): boolean {
  return frames <= LIMITS.frames && seconds <= LIMITS.durationS;
}
