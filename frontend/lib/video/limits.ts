import { failure } from "@/lib/api/failure";

/** The worker's bounds: actionmesh_wrapper/system/limits.py, which a test holds these to. */
export const LIMITS = { durationS: 600, frames: 36_000, pixels: 8192 * 4352 };

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
