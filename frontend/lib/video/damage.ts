import { EncodedPacketSink, type InputVideoTrack, VideoSampleSink } from "mediabunny";
import { failure } from "@/lib/api/failure";
import { type Opened, open, type Packet } from "./open";

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

/**
 * Looks whether what a part [startS, endS) is decoded from can be decoded: its frames that stand alone, and the one before
 * it. Damage between these is not found, and nothing is where this browser cannot decode such videos at all.
 *
 * @throws ApiFailure of `open`, VIDEO_UNDECODABLE
 */
export async function checkPart(file: Blob, startS: number, endS: number): Promise<void> {
  const { input, track, stamps, packets } = await open(file);
  try {
    if (typeof VideoDecoder === "undefined" || !(await track.canDecode())) return;
    const zero = stamps[0] ?? 0;
    const keys = packets.filter(({ isKey }) => isKey).map(({ stamp }) => stamp);
    const before = keys.filter((stamp) => stamp <= zero + startS + AFTER_S).slice(-1);
    const within = keys.filter((stamp) => stamp > zero + startS + AFTER_S && stamp < zero + endS);
    for (const stamp of evenly([...before, ...within])) {
      if ((await canShow(track, stamp)) || (await canShow(track, stamp))) continue; // a decoder may be busy
      const at = Math.max(0, stamp - zero).toFixed(1);
      throw failure("VIDEO_UNDECODABLE", `The picture at ${at} s cannot be decoded: choose another part.`);
    }
  } finally {
    input.dispose();
  }
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
