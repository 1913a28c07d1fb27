import {
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type Input,
  type InputVideoTrack,
  MATROSKA,
  MkvOutputFormat,
  MovOutputFormat,
  Output,
  type OutputFormat,
  WEBM,
  WebMOutputFormat,
} from "mediabunny";
import { failure } from "@/lib/api/failure";
import { microseconds, type Opened, open, type Packet, withOpened } from "./open";
import { partOf } from "./part";
import { type Range, rangeOf } from "./range";

const EPSILON_S = 1e-6;

/** Whether a file's container and codec allow that packets are copied out of it. */
export async function canCopy(input: Input, track: InputVideoTrack): Promise<boolean> {
  const codec = await track.getCodec();
  if (codec === null || (await track.getDecoderConfig()) === null) return false;
  return (await formatOf(input)).getSupportedVideoCodecs().includes(codec);
}

/** Frames of HEVC that are shown before the one that stands alone, and decoded after it, may be left out. */
export async function skipsLeading(track: InputVideoTrack): Promise<boolean> {
  return (await track.getCodec()) === "hevc";
}

async function formatOf(input: Input): Promise<OutputFormat> {
  const format = await input.getFormat();
  if (format === WEBM) return new WebMOutputFormat();
  if (format === MATROSKA) return new MkvOutputFormat();
  return new MovOutputFormat({ fastStart: "in-memory" });
}

/** A part that was copied: it begins with the frame before the part that stands alone. */
export interface Copied {
  file: File;
  /** When its first frame is shown, in seconds from the video's first. */
  fromS: number;
}

/**
 * Copies the packets that the part [startS, endS) is decoded of, as they are, without sound. The times of its frames
 * are those of the video, less `fromS`.
 *
 * @param startS, endS seconds from the video's first frame
 * @param onProgress takes 0 to 100
 * @throws ApiFailure of `open`, VIDEO_TOO_SHORT where no frame is in the part, TRIM_FAILED; the signal's reason
 */
export async function copy(
  file: File,
  startS: number,
  endS: number,
  onProgress: (percent: number) => void,
  signal?: AbortSignal,
): Promise<Copied> {
  return withOpened(file, signal, "The part could not be copied out of the video.", async (opened) => {
    const { start, end } = partOf(opened, startS, endS);
    const range = rangeOf(opened.packets, start, end, await skipsLeading(opened.track));
    if (range === null) throw failure("TRIM_FAILED", "No frame before the part stands alone.");
    const copied = await copiedRange(opened, range, file.name, onProgress, signal);
    const zero = opened.packets[range.first]?.stamp ?? 0;
    await checkTimes(copied, opened.packets.slice(range.first, range.after), zero);
    return { file: copied, fromS: microseconds(zero - (opened.stamps[0] ?? 0)) };
  });
}

async function copiedRange(
  { input, track, packets }: Opened,
  range: Range,
  name: string,
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
): Promise<File> {
  const codec = await track.getCodec();
  const decoderConfig = await track.getDecoderConfig();
  if (codec === null || decoderConfig === null) throw failure("TRIM_FAILED", "The codec is not known.");
  const format = await formatOf(input);
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source, {
    transformationMatrix: await track.getTransformationMatrix(),
    canBeTransparent: await track.canBeTransparent(),
    ...(format instanceof MovOutputFormat && { frameRate: await track.getTimeResolution() }), // its ticks: exact times
  });
  await output.start();
  const zero = packets[range.first]?.stamp ?? 0;
  const sink = new EncodedPacketSink(track);
  const first = await sink.getKeyPacket(zero + EPSILON_S, { verifyKeyPackets: true });
  if (first === null || !isNear(first.timestamp, zero))
    throw failure("TRIM_FAILED", "It does not stand alone.");
  let [index, bytes] = [range.first, 0];
  for await (const packet of sink.packets(first)) {
    signal?.throwIfAborted();
    if (packet.timestamp >= zero) {
      await source.add(packet.clone({ timestamp: packet.timestamp - zero }), { decoderConfig });
    }
    bytes += packet.byteLength;
    onProgress(Math.min(100, (100 * bytes) / range.bytes));
    if (++index >= range.after) break;
  }
  await output.finalize();
  if (target.buffer === null || index < range.after) throw failure("TRIM_FAILED", "The part is not whole.");
  const type = format.mimeType;
  return new File([target.buffer], name.replace(/\.\w+$/, "") + format.fileExtension, { type });
}

/** Whoever reads the copy is to find the same frames at the same times. */
async function checkTimes(copied: Blob, packets: readonly Packet[], zero: number): Promise<void> {
  const { input, stamps } = await open(copied);
  input.dispose();
  const wanted = packets.map(({ stamp }) => stamp - zero).filter((stamp) => stamp >= 0);
  wanted.sort((a, b) => a - b);
  const isSame = stamps.length === wanted.length && stamps.every((stamp, k) => isNear(stamp, wanted[k] ?? 0));
  if (!isSame) throw failure("TRIM_FAILED", "The copy's frames have other times.");
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) < EPSILON_S / 2;
}
