import {
  BufferTarget,
  Conversion,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
} from "mediabunny";
import { failure } from "@/lib/api/failure";
import { type Opened, open, withOpened } from "./open";
import { type Part, partOf } from "./part";

/** Base64 of so many bytes fits into a job beside its other fields. */
export const SMALL_BYTES = 6_500_000;

const LONGEST_PX = 1280; // side of a frame; the worker looks at 1024
const BITS_PER_PIXEL_S = 14; // 13 Mbit/s at 1280 × 720: nothing is lost that the worker would see
const LEAST_BITRATE = 300_000;
const SAFE = 0.85; // an encoder goes over what it is told
const NUDGE_S = 2e-6; // decoded frames have their times in whole microseconds

/**
 * Cuts the part [startS, endS) out of a video: exactly its frames, each at its time from the first of them on, encoded
 * anew, without sound.
 *
 * @param startS seconds from the video's first frame
 * @param onProgress takes 0 to 100
 * @param mostBytes the size that the result keeps to, by its bitrate
 * @throws ApiFailure of `probe`, VIDEO_TOO_SHORT where no frame is in the part, TRIM_FAILED; the signal's reason
 */
export async function trim(
  file: File,
  startS: number,
  endS: number,
  onProgress: (percent: number) => void,
  signal?: AbortSignal,
  mostBytes: number = SMALL_BYTES,
): Promise<File> {
  return withOpened(file, signal, "This browser could not cut the video.", async (opened) => {
    const part = partOf(opened, startS, endS);
    const bytes = await converted(opened, part, onProgress, signal, mostBytes);
    const cut = new File([bytes], `${file.name.replace(/\.\w+$/, "")}.mp4`, { type: "video/mp4" });
    await checkFrames(cut, part.count);
    return cut;
  });
}

async function converted(
  { input, track }: Opened,
  part: Part,
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
  mostBytes: number,
): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const size = fitted(await track.getDisplayWidth(), await track.getDisplayHeight());
  const codec = await getFirstEncodableVideoCodec(["avc", "vp9", "av1"], size);
  if (codec === null) throw failure("TRIM_FAILED", "This browser cannot encode video.");
  const conversion = await Conversion.init({
    input,
    output,
    tracks: "primary",
    video: {
      ...size,
      fit: "fill",
      codec,
      forceTranscode: true,
      allowTransformationMetadata: false,
      quality: new Quality({ bitrate: bitrateFor(size, part, mostBytes) }),
      ...((await track.hasHighDynamicRange()) ? { process: drawn } : {}),
    },
    audio: { discard: true },
    trim: { start: part.start + NUDGE_S, end: part.end - NUDGE_S },
    tags: {}, // names of places and cameras stay here
    showWarnings: false,
  });
  if (!conversion.isValid) throw failure("TRIM_FAILED", "This browser cannot cut such a video.");
  await run(conversion, onProgress, signal);
  if (target.buffer === null) throw failure("TRIM_FAILED", "The cut video is empty.");
  return target.buffer;
}

async function run(
  conversion: Conversion,
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = () => void conversion.cancel();
  signal?.addEventListener("abort", stop);
  conversion.onProgress = (share) => onProgress(Math.min(100, 100 * share));
  try {
    signal?.throwIfAborted();
    await conversion.execute();
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Even width and height in pixels, made smaller together until no side is longer than what is looked at. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  const even = (pixels: number) => Math.max(2, 2 * Math.round((pixels * scale) / 2));
  return { width: even(width), height: even(height) };
}

/** Bits a second, by the picture's size and what room there is. */
export function bitrateFor(
  { width, height }: { width: number; height: number },
  { start, end }: Part,
  mostBytes: number,
): number {
  const room = (SAFE * mostBytes * 8) / (end - start);
  return Math.round(Math.max(LEAST_BITRATE, Math.min(BITS_PER_PIXEL_S * width * height, room)));
}

/** High dynamic range, drawn as the page would show it: the cut video is of the standard range. */
export function drawn(sample: {
  displayWidth: number;
  displayHeight: number;
  draw: DrawOn;
}): OffscreenCanvas {
  const canvas = new OffscreenCanvas(sample.displayWidth, sample.displayHeight);
  const context = canvas.getContext("2d");
  if (context === null) throw failure("TRIM_FAILED", "This browser cannot draw video.");
  sample.draw(context, 0, 0);
  return canvas;
}

type DrawOn = (context: OffscreenCanvasRenderingContext2D, x: number, y: number) => void;

/** An encoder may drop frames; then the worker would take others than were shown. */
async function checkFrames(cut: Blob, count: number): Promise<void> {
  const { input, stamps } = await open(cut);
  input.dispose();
  if (stamps.length !== count) {
    throw failure("TRIM_FAILED", `The cut video has ${stamps.length} of ${count} frames.`);
  }
}
