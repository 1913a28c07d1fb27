import type { Result } from "@/lib/contract/result";

/** Until when others can have a result by a link, in words; null where there is no end to it. */
export function untilOf({ expires_at: ends, storage }: Result, nowMs: number): string | null {
  if (storage === "inline") {
    return "A link to this page shows the result to others for half an hour after the job’s end.";
  }
  if (ends === null) return null;
  if (Date.parse(ends) <= nowMs)
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
