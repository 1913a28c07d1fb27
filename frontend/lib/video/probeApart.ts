import { ApiFailure, failure } from "@/lib/api/failure";
import type { VideoFacts } from "./probe";
import type { ProbeAnswer } from "./probe.worker";

const WITHIN_MS = 15_000; // a hundred megabytes take a second or two

/** As much of a Worker as is used here. */
export type Helper = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

/**
 * `probe` in a worker of its own, which is ended if it does not answer: the page never stands still. Where there are no
 * workers it runs in the page.
 *
 * @throws ApiFailure as `probe`, and VIDEO_UNREADABLE if it takes too long
 */
export async function probeApart(file: Blob, start: () => Helper = helper): Promise<VideoFacts> {
  const answer = await asked(file, start);
  if (answer === null) return (await import("./probe")).probe(file);
  if ("error" in answer) throw new ApiFailure(answer.error);
  return answer.facts;
}

function helper(): Helper {
  return new Worker(new URL("./probe.worker.ts", import.meta.url), { type: "module" });
}

/** The worker's answer; null where there is no worker. */
function asked(file: Blob, start: () => Helper): Promise<ProbeAnswer | null> {
  return new Promise((resolve, reject) => {
    let worker: Helper;
    try {
      worker = start();
    } catch {
      return resolve(null);
    }
    const late = setTimeout(() => {
      worker.terminate();
      reject(failure("VIDEO_UNREADABLE", "This video takes too long to read; it may be damaged."));
    }, WITHIN_MS);
    const end = (answer: ProbeAnswer | null) => {
      clearTimeout(late);
      worker.terminate();
      resolve(answer);
    };
    worker.onmessage = ({ data }: MessageEvent<ProbeAnswer>) => end(data);
    worker.onerror = () => end(null);
    worker.postMessage(file);
  });
}
