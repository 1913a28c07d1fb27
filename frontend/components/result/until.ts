import type { Result } from "@/lib/contract/result";
import { haveEnded } from "@/lib/links";

/** Until when others can have a result by a link, in words; null where there is no end to it. */
export function untilOf(result: Result, nowMs: number): string | null {
  const { expires_at: ends, storage } = result;
  if (storage === "inline") {
    return "A link to this page shows the result to others for half an hour after the job’s end.";
  }
  if (ends === null) return null;
  if (haveEnded(result, nowMs))
    return "The links to the files have ended. What this browser has kept can be saved.";
  return `The links to the files work until ${moment.format(Date.parse(ends))}.`;
}

const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
