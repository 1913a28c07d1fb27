import {
  BufferTarget,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSampleSink,
  VideoSampleSource,
} from "mediabunny";
import { failure } from "@/lib/api/failure";
import { microseconds, type Opened, open, withOpened } from "./open";
import { drawn, fitted } from "./trim";

const BITS_PER_PIXEL = 1.5; // of a frame that stands alone; an encoder that counts on 30 a second keeps a third of it
const SAFE = 0.85; // an encoder goes over what it is told
const NUDGE_S = 2e-6; // decoded frames have their times in whole microseconds
const NEAR_S = 1e-3; // a container may round times to milliseconds

/**
 * A video of some frames of another alone, each at its time from the first of them on, encoded anew, without sound.
 *
 * @param times when they are shown, in seconds from the video's first frame; rising, at least two
 * @param onProgress takes 0 to 100
 * @param mostBytes the size that the result keeps to, by its bitrate
 * @throws ApiFailure of `open`, TRIM_FAILED; the signal's reason
 */
export async function pick(
  file: File,
  times: readonly number[],
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
  mostBytes: number,
): Promise<File> {
  return withOpened(
    file,
    signal,
    "This browser could not take the frames out of the video.",
    async (opened) => {
      const stamps = stampsOf(opened, times);
      const bytes = await encoded(opened, stamps, onProgress, signal, mostBytes);
      const picked = new File([bytes], `${file.name.replace(/\.\w+$/, "")}.mp4`, { type: "video/mp4" });
      await checkTimes(picked, stamps);
      return picked;
    },
  );
}

/** The frames' times on the file's own clock. */
function stampsOf({ stamps }: Opened, times: readonly number[]): number[] {
  const zero = stamps[0] ?? 0;
  const known = new Map(stamps.map((stamp) => [microseconds(stamp - zero), stamp]));
  return times.map((time) => known.get(time) ?? zero + time);
}

async function encoded(
  { track }: Opened,
  stamps: readonly number[],
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
  mostBytes: number,
): Promise<ArrayBuffer> {
  const size = fitted(await track.getDisplayWidth(), await track.getDisplayHeight());
  const codec = await getFirstEncodableVideoCodec(["avc", "vp9", "av1"], size);
  if (codec === null) throw failure("TRIM_FAILED", "This browser cannot encode video.");
  const [first = 0, last = 0] = [stamps[0], stamps.at(-1)];
  const stepS = (last - first) / (stamps.length - 1);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const source = new VideoSampleSource({
    codec,
    quality: new Quality({ bitrate: bitrateFor(size, stamps.length, stepS, mostBytes) }),
    sizeChangeBehavior: "fill",
    transform: { ...size, ...((await track.hasHighDynamicRange()) ? { process: drawn } : {}) },
  });
  output.addVideoTrack(source, { frameRate: await track.getTimeResolution() }); // its ticks: exact times
  await output.start();
  let index = 0;
  for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(
    stamps.map((stamp) => stamp + NUDGE_S),
  )) {
    signal?.throwIfAborted();
    const stamp = stamps[index] ?? 0;
    if (sample === null || Math.abs(sample.timestamp - stamp) > NEAR_S) {
      sample?.close();
      throw failure("TRIM_FAILED", "A frame of the part cannot be decoded.");
    }
    sample.setTimestamp(stamp - first);
    sample.setDuration((stamps[index + 1] ?? stamp + stepS) - stamp);
    await source.add(sample, { keyFrame: true });
    sample.close();
    onProgress((100 * ++index) / stamps.length);
  }
  await output.finalize();
  if (target.buffer === null) throw failure("TRIM_FAILED", "The frames are empty.");
  return target.buffer;
}

/** Bits a second, where each frame has so many as its picture asks for, or as there is room for. */
export function bitrateFor(
  { width, height }: { width: number; height: number },
  count: number,
  stepS: number,
  mostBytes: number,
): number {
  return Math.round(Math.min(BITS_PER_PIXEL * width * height, (SAFE * mostBytes * 8) / count) / stepS);
}

/** Whoever reads it is to find these frames, at their times. */
async function checkTimes(picked: Blob, stamps: readonly number[]): Promise<void> {
  const { input, stamps: found } = await open(picked);
  input.dispose();
  const [first = 0, from = 0] = [stamps[0], found[0]];
  const isSame =
    found.length === stamps.length &&
    found.every((stamp, k) => Math.abs(stamp - from - ((stamps[k] ?? 0) - first)) < NEAR_S / 2);
  if (!isSame) throw failure("TRIM_FAILED", "The frames have other times than in the video.");
}
