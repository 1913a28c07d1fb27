import type { Entry } from "@/lib/history";
import type { JobState } from "@/lib/job/state";

export interface Standing {
  words: string;
  kind: "done" | "live" | "bad" | "gone";
}

const ENDS: Record<NonNullable<Entry["end"]>, Standing> = {
  done: { words: "Done", kind: "done" },
  failed: { words: "Failed", kind: "bad" },
  cancelled: { words: "Cancelled", kind: "gone" },
  timed_out: { words: "Timed out", kind: "bad" },
  expired: { words: "No longer kept", kind: "gone" },
};

/** How a job of the list stands, in a word or two. */
export function standingOf({ end }: Pick<Entry, "end">, state: JobState | null): Standing {
  if (end !== null) return ENDS[end];
  const phase = state?.phase;
  switch (phase?.name) {
    case "done":
    case "failed":
    case "cancelled":
    case "timed_out":
    case "expired":
      return ENDS[phase.name];
    case "running":
      return { words: phase.progress ? `${Math.round(phase.progress.percent)} %` : "Starting", kind: "live" };
    case "queued":
    case "cold":
      return { words: "Waiting for a worker", kind: "live" };
    case "cancelling":
      return { words: "Cancelling", kind: "live" };
    default:
      return { words: state?.connection === "lost" ? "No answer" : "Looking for it", kind: "live" };
  }
}
