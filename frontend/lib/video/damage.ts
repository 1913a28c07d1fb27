import { EncodedPacketSink, type InputVideoTrack, VideoSampleSink } from "mediabunny";
import { failure } from "@/lib/api/failure";
import type { Opened, Packet } from "./open";

const LOOKED_AT = 5; // frames that stand alone, evenly over the video
const AFTER_S = 1e-6; // a time that is written as a decimal may lie just before its frame

/**
 * Looks for damage that the list of frames does not tell: an end that is missing, pictures that cannot be decoded.
 * Where this browser cannot decode such videos at all, only the first is found.
 *
 * @throws ApiFailure VIDEO_INCOMPLETE, VIDEO_UNDECODABLE
 */
export async function checkWhole({ track, packets }: Pick<Opened, "track" | "packets">): Promise<void> {
  if (!(await hasItsEnd(track, packets))) {
    throw failure("VIDEO_INCOMPLETE", "The end of this file is missing.");
  }
  if (typeof VideoDecoder === "undefined" || !(await track.canDecode())) return;
  for (const { stamp } of evenly(packets.filter(({ isKey }) => isKey))) {
    if (await canShow(track, stamp)) return; // the damage, if any, is elsewhere
  }
  throw failure("VIDEO_UNDECODABLE", "No picture of this video can be decoded.");
}

/** Whether what the last frames in the list say of their place is in the file. */
async function hasItsEnd(track: InputVideoTrack, packets: readonly Packet[]): Promise<boolean> {
  const sink = new EncodedPacketSink(track);
  for (const { stamp } of packets.slice(-3)) {
    if ((await sink.getPacket(stamp + AFTER_S)) === null) return false;
  }
  return true;
}

async function canShow(track: InputVideoTrack, stamp: number): Promise<boolean> {
  try {
    const sample = await new VideoSampleSink(track).getSample(stamp + AFTER_S);
    sample?.close();
    return sample !== null;
  } catch {
    return false;
  }
}

function evenly<T>(all: readonly T[]): T[] {
  if (all.length <= LOOKED_AT) return [...all];
  return Array.from({ length: LOOKED_AT }, (_, k) => all[Math.floor((k * all.length) / LOOKED_AT)] as T);
}
