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

/** @throws ApiFailure TOO_MANY_FRAMES */
export function checkCount(frames: number): void {
  if (frames <= LIMITS.frames) return;
  throw failure(
    "TOO_MANY_FRAMES",
    `This video has more than ${LIMITS.frames.toLocaleString("en-GB")} frames.`,
  );
}

/** @throws ApiFailure TOO_LONG */
export function checkDuration(seconds: number): void {
  if (seconds <= LIMITS.durationS) return;
  throw failure(
    "TOO_LONG",
    `This video is ${Math.round(seconds)} s long; at most ${LIMITS.durationS} s are allowed.`,
  );
}
