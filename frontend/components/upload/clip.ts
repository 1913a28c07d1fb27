import { failure } from "@/lib/api/failure";
import { chosenTimes, probe, type VideoFacts } from "@/lib/video";
import { MIN_FRAMES } from "@/lib/video/chosen";

/** A video in the studio. */
export interface Clip {
  file: File;
  /** An object URL of it; to be revoked. */
  url: string;
  facts: VideoFacts;
}

/**
 * Looks into a file before it becomes a clip. It may be larger and longer than the worker takes: a part of it is sent.
 *
 * @throws ApiFailure with the worker's code, or one of the page's: what the worker would not take is not sent to it
 */
export async function openClip(file: File): Promise<Clip> {
  const facts = await probe(file);
  const chosen = chosenTimes(0, null, MIN_FRAMES, facts);
  if (chosen.kind === "short") {
    const { available, needed } = chosen;
    throw failure("VIDEO_TOO_SHORT", `This video has ${available} frames; at least ${needed} are needed.`);
  }
  return { file, url: URL.createObjectURL(file), facts };
}
