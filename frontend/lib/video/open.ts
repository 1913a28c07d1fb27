import {
  BlobSource,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from "mediabunny";
import { failure } from "@/lib/api/failure";
import { checkListed } from "./limits";
import { claimsTooMuch } from "./runs";

/** A video file that was opened. Close it with `input.dispose()`. */
export interface Opened {
  input: Input;
  track: InputVideoTrack;
  /** When each frame is shown, and the end of the last, in seconds on the file's own clock; rising. */
  stamps: number[];
  endS: number;
  /** In the order of decoding. */
  packets: Packet[];
}

/** A frame as it is stored. */
export interface Packet {
  /** When it is shown, in seconds on the file's own clock. */
  stamp: number;
  bytes: number;
  /** Whether it can be decoded without those before it. */
  isKey: boolean;
}

/** The worker rounds times to them, too. */
export function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

const LEAST_STEP_S = 1e-6; // frames closer than that are one
const A_LITTLE = 1e-3; // of a tick: what floating point may have lost

/**
 * Opens a video and lists its frames, without decoding any. Works wherever there are Blobs, Node included.
 *
 * @throws ApiFailure EMPTY_INPUT, NOT_A_VIDEO, NO_VIDEO_STREAM, VIDEO_UNREADABLE or TOO_MANY_FRAMES
 */
export async function open(file: Blob): Promise<Opened> {
  if (file.size === 0) throw failure("EMPTY_INPUT", "This file is empty.");
  if (await claimsTooMuch(file)) throw unreadable();
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    if (!(await input.canRead())) throw failure("NOT_A_VIDEO", "This file is not a readable video.");
    const track = await input.getPrimaryVideoTrack();
    if (track === null && (await input.getTracks()).length > 0) {
      throw failure("NO_VIDEO_STREAM", "This file has no moving pictures.");
    }
    if (track === null) throw unreadable();
    return { input, track, ...(await framesOf(track)) };
  } catch (error) {
    input.dispose();
    if (error instanceof Error && error.name === "ApiFailure") throw error;
    throw unreadable();
  }
}

/**
 * Makes something of an opened video, and closes it.
 *
 * @param sorry the words where it fails without an ApiFailure of its own
 * @throws ApiFailure of `open` and of `make`, TRIM_FAILED; the signal's reason
 */
export async function withOpened<T>(
  file: Blob,
  signal: AbortSignal | undefined,
  sorry: string,
  make: (opened: Opened) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const opened = await open(file);
  try {
    return await make(opened);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error && error.name === "ApiFailure") throw error;
    throw failure("TRIM_FAILED", sorry);
  } finally {
    opened.input.dispose();
  }
}

function unreadable() {
  return failure("VIDEO_UNREADABLE", "This video cannot be read; it may be damaged or incomplete.");
}

/** What a file has before 0 s is decoded for the others' sake and not shown. */
async function framesOf(track: InputVideoTrack): Promise<Pick<Opened, "stamps" | "endS" | "packets">> {
  const all: number[] = [];
  const packets: Packet[] = [];
  let endS = 0;
  const ticks = await track.getTimeResolution();
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    packets.push({
      stamp: packet.timestamp,
      bytes: packet.byteLength + (packet.sideData.alphaByteLength ?? 0),
      isKey: packet.type === "key",
    });
    checkListed(packets.length);
    if (packet.timestamp < -LEAST_STEP_S) continue;
    all.push(packet.timestamp);
    const lengthS = Math.floor(packet.duration * ticks + A_LITTLE) / ticks; // whole ticks, as the worker has it
    endS = Math.max(endS, packet.timestamp + lengthS);
  }
  all.sort((a, b) => a - b);
  const stamps = all.filter((time, index) => index === 0 || time - (all[index - 1] ?? 0) > LEAST_STEP_S / 2);
  const last = stamps.at(-1);
  if (last === undefined) throw failure("VIDEO_UNREADABLE", "This video shows no frames.");
  return { stamps, endS: endS > last ? endS : last + usualStep(stamps), packets };
}

/** The mean time between frames, in seconds; 1/8 where there is one alone, as the worker has it. */
function usualStep(stamps: number[]): number {
  const first = stamps[0] ?? 0;
  const last = stamps.at(-1) ?? 0;
  return last > first ? (last - first) / (stamps.length - 1) : 1 / 8;
}
