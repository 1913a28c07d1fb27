import { failure } from "@/lib/api/failure";
import { microseconds, type Opened } from "./open";

const EPSILON_S = 1e-6;

/** A part on the file's own clock, from the first of its frames to the start of what follows the last. */
export interface Part {
  start: number;
  end: number;
  count: number;
}

/** The part's frames, as the worker takes [startS, endS). */
export function partOf(
  { stamps, endS: fileEnd }: Pick<Opened, "stamps" | "endS">,
  startS: number,
  endS: number,
): Part {
  const zero = stamps[0] ?? 0;
  const from = (seconds: number) =>
    stamps.findIndex((stamp) => microseconds(stamp - zero) >= seconds - EPSILON_S);
  const first = from(startS);
  const found = from(endS);
  const after = found < 0 ? stamps.length : found;
  if (first < 0 || after <= first) throw failure("VIDEO_TOO_SHORT", "The chosen part has no frames.");
  return { start: stamps[first] ?? 0, end: stamps[after] ?? fileEnd, count: after - first };
}
