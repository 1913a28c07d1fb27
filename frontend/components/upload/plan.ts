import type { Capabilities } from "@/lib/api/types";
import type { VideoFacts } from "@/lib/video";
import { isTaken } from "@/lib/video/limits";
import { rangeOf } from "@/lib/video/range";
import type { Choices } from "./choices";
import { pickedOf } from "./taken";

/**
 * How a video gets to the worker.
 *
 * as-is: the whole file inside the request; the worker takes the part.
 * copy: the part's packets as they are, from the frame before it that stands alone; inside the request, or to the bucket
 *   if they are too large.
 * frames: only the frames that the worker would take, encoded anew in the browser, and then sent like a copy.
 * cut: the whole part, likewise.
 * upload: the whole file to the bucket.
 */
export type Way = "as-is" | "copy" | "frames" | "cut" | "upload";

export interface Plan {
  way: Way;
  /** About how many are sent. */
  bytes: number;
}

type Part = Pick<Choices, "startS" | "endS" | "numFrames" | "knobs">;

const LOOKED_AT_PX = 1280; // the longest side of a frame that is encoded here
const PICKED_BYTES_PER_PIXEL = 0.15; // of a frame that stands alone
const OVERHEAD = { file: 4000, frame: 32 }; // bytes of the container

/** The ways that are open, the one that changes the video least first. The worker's limits hold for what is sent. */
export function plansOf(bytes: number, facts: VideoFacts, part: Part, can: Capabilities): Plan[] {
  const { uploads, maxInlineBytes, maxVideoBytes } = can;
  const mostBytes = uploads === "bucket" ? maxVideoBytes : maxInlineBytes;
  const isWholeTaken = bytes <= mostBytes && isTaken(facts.times.length, facts.durationS);
  if (bytes <= maxInlineBytes && isWholeTaken) return [{ way: "as-is", bytes }];
  const plans: Plan[] = [];
  const copied = copiedBytes(facts, part);
  if (copied !== null && copied <= mostBytes) plans.push({ way: "copy", bytes: copied });
  const picked = facts.canTrim ? pickedOf(part, facts) : null;
  if (picked !== null)
    plans.push({ way: "frames", bytes: Math.min(pickedBytes(picked, facts), maxInlineBytes) });
  if (facts.canTrim && isPartTaken(facts, part)) {
    plans.push({ way: "cut", bytes: Math.min(copied ?? bytes, maxInlineBytes) });
  }
  if (uploads === "bucket" && isWholeTaken) plans.push({ way: "upload", bytes });
  return plans;
}

/** About what these frames have once they are encoded. */
function pickedBytes(times: readonly number[], { width, height }: VideoFacts): number {
  const scale = Math.min(1, LOOKED_AT_PX / Math.max(width, height));
  return Math.round(times.length * width * height * scale ** 2 * PICKED_BYTES_PER_PIXEL) + OVERHEAD.file;
}

/** What a copy of the part has; null where none can be made, or the worker would not take it. */
function copiedBytes(facts: VideoFacts, { startS, endS }: Part): number | null {
  const { firstS, packets, canCopy, skipsLeading } = facts;
  if (!canCopy) return null;
  const range = rangeOf(packets, firstS + startS, firstS + endS, skipsLeading);
  if (range === null) return null;
  const frames = range.after - range.first;
  const seconds = firstS + endS - (packets[range.first]?.stamp ?? 0);
  return isTaken(frames, seconds) ? range.bytes + OVERHEAD.file + frames * OVERHEAD.frame : null;
}

function isPartTaken({ times }: VideoFacts, { startS, endS }: Part): boolean {
  const frames = times.filter((time) => time >= startS && time < endS).length;
  return isTaken(frames, endS - startS);
}
