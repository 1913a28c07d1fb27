import { errorOf } from "@/lib/api/failure";
import type { ApiError } from "@/lib/api/types";
import { probe, type VideoFacts } from "./probe";

/** What the worker answers to a file. */
export type ProbeAnswer = { facts: VideoFacts } | { error: ApiError };

/** Probes a file apart from the page: a damaged one may keep a demuxer busy without end. */
self.onmessage = async ({ data }: MessageEvent<Blob>) => {
  const answer: ProbeAnswer = await probe(data).then(
    (facts) => ({ facts }),
    (thrown) => ({ error: errorOf(thrown) }),
  );
  self.postMessage(answer);
};
