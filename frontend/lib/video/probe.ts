import { getFirstEncodableVideoCodec } from "mediabunny";
import type { Clock } from "./chosen";
import { checkDuration, checkSize } from "./limits";
import { microseconds, type Opened, open } from "./open";

/** What is known of a video before it is sent. `times` and `durationS` count from its first frame. */
export interface VideoFacts extends Clock {
  /** Pixels, as displayed. */
  width: number;
  height: number;
  /** Frames a second, on average. */
  fps: number;
  /** Where the first frame is on the file's own clock, which <video>'s currentTime follows, in seconds. */
  firstS: number;
  /** Whether `trim` can cut it here. */
  canTrim: boolean;
}

/**
 * Looks into a video file without decoding it.
 *
 * @throws ApiFailure with the worker's code, where the worker would not take it: EMPTY_INPUT, NOT_A_VIDEO,
 *   NO_VIDEO_STREAM, VIDEO_UNREADABLE, TOO_LONG, TOO_MANY_FRAMES, TOO_LARGE_FRAME
 */
export async function probe(file: Blob): Promise<VideoFacts> {
  const opened = await open(file);
  try {
    const facts = await factsOf(opened);
    checkSize(facts.width, facts.height);
    checkDuration(facts.durationS);
    return facts;
  } finally {
    opened.input.dispose();
  }
}

async function factsOf({ track, stamps, endS }: Opened): Promise<VideoFacts> {
  const firstS = stamps[0] ?? 0;
  const durationS = microseconds(endS - firstS);
  const spanS = (stamps.at(-1) ?? 0) - firstS;
  return {
    durationS,
    times: stamps.map((stamp) => microseconds(stamp - firstS)),
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    fps: spanS > 0 ? (stamps.length - 1) / spanS : 1 / durationS,
    firstS,
    canTrim: await canTrim(track),
  };
}

/** WebCodecs are there on https and localhost alone. Cutting would lose an alpha channel, which is the mask. */
async function canTrim(track: Opened["track"]): Promise<boolean> {
  if (typeof VideoEncoder === "undefined" || (await track.canBeTransparent())) return false;
  if (!(await track.canDecode())) return false;
  return (await getFirstEncodableVideoCodec(["avc", "vp9", "av1"])) !== null;
}
