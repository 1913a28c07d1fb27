import type { JobState } from "@/lib/job/state";
import { stageWords } from "@/lib/words";

export interface Told {
  title: string;
  detail?: string;
}

/** What a waiting or running job is at, in words. */
export function toldOf({ phase, retries }: JobState): Told {
  switch (phase.name) {
    case "queued":
      if (retries > 0)
        return { title: "Waiting for another worker", detail: "The one that had the job was lost." };
      return { title: "Waiting for a worker" };
    case "cold":
      return {
        title: "A worker is starting",
        detail: "This can take a few minutes when none has run for a while.",
      };
    case "cancelling":
      return { title: "Cancelling", detail: "The running step is told to stop." };
    case "running": {
      const { progress } = phase;
      if (progress === null) return { title: "Starting the job" };
      const told = { title: stageWords(progress.stage) };
      return progress.of > 1 ? { ...told, detail: `${progress.index} of ${progress.of}` } : told;
    }
    default:
      return { title: "Looking for the job" };
  }
}
