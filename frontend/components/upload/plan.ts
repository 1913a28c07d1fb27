import type { Capabilities } from "@/lib/api/types";

/**
 * How a video gets to the worker.
 *
 * as-is: the whole file inside the request; the worker takes the part.
 * cut: the part is cut out in the browser, and then sent inside the request, or to the bucket if it is too large.
 * upload: the whole file to the bucket.
 * impossible: too large for the request, and there is neither a bucket nor a way to cut it.
 */
export type Plan = "as-is" | "cut" | "upload" | "impossible";

/** Chooses the way that changes the video least. Cutting encodes it anew, so a small file goes as it is. */
export function planOf(bytes: number, canTrim: boolean, { uploads, maxInlineBytes }: Capabilities): Plan {
  if (bytes <= maxInlineBytes) return "as-is";
  if (canTrim) return "cut";
  return uploads === "bucket" ? "upload" : "impossible";
}

/** About how many bytes the part has, if they are spread evenly over the video. */
export function partBytes(bytes: number, partS: number, durationS: number): number {
  return durationS > 0 ? Math.min(bytes, Math.round((bytes * partS) / durationS)) : bytes;
}
