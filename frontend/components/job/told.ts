import type { Workers } from "@/lib/api/types";
import type { JobState } from "@/lib/job/state";
import { stageWords } from "@/lib/words";

export interface Told {
  title: string;
  detail?: string;
}

/**
 * What a waiting or running job is at, in words.
 *
 * @param workers the endpoint's, where they are known
 */
export function toldOf({ phase, retries }: JobState, workers: Workers | null = null): Told {
  switch (phase.name) {
    case "queued":
      if (retries > 0)
        return { title: "Waiting for another worker", detail: "The one that had the job was lost." };
      return { title: "Waiting for a worker", ...(workers && queueWords(workers)) };
    case "cold":
      return workers ? coldWords(workers) : STARTING;
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

const STARTING: Told = {
  title: "A worker is starting",
  detail: "This can take a few minutes when none has run for a while.",
};

/** Why a job still waits that has waited for some time. */
function coldWords(workers: Workers): Told {
  const { ready, running, initializing, throttled } = workers;
  if (initializing > 0) return STARTING;
  const waiting: Told = { title: "Waiting for a worker", ...queueWords(workers) };
  if (running > 0 || ready > 0) return waiting;
  if (throttled === 0) return STARTING;
  return { title: "No GPU is free at the moment", detail: "RunPod starts a worker as soon as there is one." };
}

/** What is before a job: RunPod tells how many wait, but not in which order. */
function queueWords({ running, queued }: Workers): Pick<Told, "detail"> {
  const parts: string[] = [];
  if (running > 0) parts.push(running === 1 ? "One worker is at work." : `${running} workers are at work.`);
  if (queued > 1) parts.push(`${queued} jobs wait, this one among them.`);
  return parts.length > 0 ? { detail: parts.join(" ") } : {};
}
