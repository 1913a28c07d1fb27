import { getFirstEncodableVideoCodec } from "mediabunny";
import type { Clock } from "./chosen";
import { canCopy, skipsLeading } from "./copy";
import { checkWhole } from "./damage";
import { checkSize } from "./limits";
import { microseconds, type Opened, open, type Packet } from "./open";

/** What is known of a video before it is sent. `times` and `durationS` count from its first frame. */
export interface VideoFacts extends Clock {
  /** Pixels, as displayed. */
  width: number;
  height: number;
  /** Frames a second, on average. */
  fps: number;
  /** Where the first frame is on the file's own clock, which <video>'s currentTime follows, in seconds. */
  firstS: number;
  /** Its frames as they are stored. */
  packets: readonly Packet[];
  /** Whether `copy` can take a part out of it. */
  canCopy: boolean;
  /** As `rangeOf` asks. */
  skipsLeading: boolean;
  /** Whether `trim` can cut it here. */
  canTrim: boolean;
}

/**
 * Looks into a video file without decoding it.
 *
 * @throws ApiFailure with the worker's code, where the worker would not take it: EMPTY_INPUT, NOT_A_VIDEO,
 *   NO_VIDEO_STREAM, VIDEO_UNREADABLE, TOO_LARGE_FRAME; TOO_MANY_FRAMES beyond what the page lists; and
 *   VIDEO_INCOMPLETE, VIDEO_UNDECODABLE
 */
export async function probe(file: Blob): Promise<VideoFacts> {
  const opened = await open(file);
  try {
    const facts = await factsOf(opened);
    checkSize(facts.width, facts.height);
    await checkWhole(opened);
    return facts;
  } finally {
    opened.input.dispose();
  }
}

async function factsOf({ input, track, stamps, endS, packets }: Opened): Promise<VideoFacts> {
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
    packets,
    canCopy: await canCopy(input, track),
    skipsLeading: await skipsLeading(track),
    canTrim: await canTrim(track),
  };
}

/** WebCodecs are there on https and localhost alone. Cutting would lose an alpha channel, which is the mask. */
async function canTrim(track: Opened["track"]): Promise<boolean> {
  if (typeof VideoEncoder === "undefined" || (await track.canBeTransparent())) return false;
  if (!(await track.canDecode())) return false;
  return (await getFirstEncodableVideoCodec(["avc", "vp9", "av1"])) !== null;
}
