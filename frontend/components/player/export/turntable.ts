import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Output,
  QUALITY_HIGH,
  WebMOutputFormat,
} from "mediabunny";
import { advance, newPlayback, type Playback, play } from "../playback";
import type { Loop } from "../types";

const FPS = 30;
const TURN_S = 6; // about
const LONGEST_PX = 1280;

/** What is filmed. */
export interface Filmed {
  keyTimes: readonly number[];
  loop: Loop;
  /** What is behind the mesh, as CSS has it. */
  background: string;
  /** The mesh at a time, in seconds, turned by so many radians; to be copied at once. */
  frame: (timeS: number, yaw: number) => HTMLCanvasElement;
}

/**
 * Films one turn of the mesh while it plays: whole cycles of the animation, so that the film can go around.
 *
 * @param onPercent takes 0 to 100
 * @returns a WebM
 * @throws Error where the browser cannot encode WebM; the signal's reason
 */
export async function turntable(
  filmed: Filmed,
  onPercent: (percent: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const first = filmed.frame(0, 0);
  const size = fitted(first.width, first.height);
  const codec = await getFirstEncodableVideoCodec(["vp9", "vp8"], size);
  if (codec === null) throw new Error("this browser encodes no WebM");
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no 2D canvas");
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, quality: QUALITY_HIGH });
  output.addVideoTrack(source, { frameRate: FPS });
  await output.start();
  try {
    const frames = Math.round(lengthOf(filmed) * FPS);
    let playback: Playback = play(newPlayback(filmed.keyTimes, filmed.loop === "fro" ? "fro" : "around"));
    for (let index = 0; index < frames; index += 1) {
      signal.throwIfAborted();
      context.fillStyle = filmed.background;
      context.fillRect(0, 0, size.width, size.height);
      context.drawImage(
        filmed.frame(playback.timeS, (2 * Math.PI * index) / frames),
        0,
        0,
        size.width,
        size.height,
      );
      await source.add(index / FPS, 1 / FPS);
      playback = advance(playback, 1 / FPS);
      onPercent((100 * (index + 1)) / frames);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  return new Blob([target.buffer as ArrayBuffer], { type: "video/webm" });
}

/** Seconds of whole cycles that come near a turn's. */
export function lengthOf({ keyTimes, loop }: Pick<Filmed, "keyTimes" | "loop">): number {
  const cycle = (keyTimes.at(-1) ?? 0) * (loop === "fro" ? 2 : 1);
  return cycle > 0 ? cycle * Math.max(1, Math.round(TURN_S / cycle)) : TURN_S;
}

/** Even sides, as encoders want them. */
function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}
