import { readModel } from "@/components/player/load";
import { boxOfAllKeys, type Model } from "@/components/player/model";
import type { Look } from "@/components/player/types";
import { newViewer, type Viewer } from "@/components/player/viewer";

const WIDTH = 640;
const HEIGHT = 480;
const LOOK: Look = {
  textured: true,
  shading: "lit",
  exposure: 0,
  wireframe: false,
  grid: false,
  joints: false,
  difference: false,
};

/** How two pictures differ: mean over all channels, 0 to 255, and the share of pixels that differ by over 16. */
export interface Difference {
  mean: number;
  share: number;
  /** Share of the picture that is not empty. */
  covered: number;
}

/**
 * Renders a frame of an animation, and a file that has that frame alone, by one camera.
 *
 * @param frame of the animation.
 * @returns how they differ, and how the animation's frame differs from the frame before it.
 */
export async function compareFrames(
  animation: string,
  frame: number,
  alone: string,
): Promise<{ same: Difference; before: Difference }> {
  const moving = await modelAt(animation);
  const box = await boxOfAllKeys(moving, async () => undefined);
  const still = await modelAt(alone);
  const pictures = [
    ...(await rendered(moving, box, [moving.keyTimes[frame] ?? 0, moving.keyTimes[frame - 1] ?? 0])),
    ...(await rendered(still, box, [0])),
  ];
  const [atFrame, before, byItself] = pictures as [ImageData, ImageData, ImageData];
  return { same: difference(atFrame, byItself), before: difference(atFrame, before) };
}

/** How a mesh that a neutral room lights differs from the same by a few lamps. */
export async function compareLights(url: string): Promise<Difference> {
  const pictures: ImageData[] = [];
  for (const room of [true, false]) {
    const model = await modelAt(url);
    const box = await boxOfAllKeys(model, async () => undefined);
    pictures.push(...(await rendered(model, box, [0], room)));
  }
  const [byRoom, byLamps] = pictures as [ImageData, ImageData];
  return difference(byRoom, byLamps);
}

async function modelAt(url: string): Promise<Model> {
  return readModel(await (await fetch(url)).arrayBuffer());
}

type Box = Parameters<Viewer["show"]>[1];

/** Pictures of a model at times, in seconds; it is freed after. */
async function rendered(
  model: Model,
  box: Box,
  times: readonly number[],
  room = false,
): Promise<ImageData[]> {
  const host = document.createElement("div");
  host.style.setProperty("width", `${WIDTH}px`);
  host.style.setProperty("height", `${HEIGHT}px`);
  document.body.append(host);
  let timeS = 0;
  const viewer = newViewer(host, {
    calm: true,
    room,
    onTick: () => ({ timeS, playing: false }),
    onSeen: () => undefined,
    onLost: () => undefined,
  });
  if (viewer === null) throw new Error("no WebGL");
  viewer.show(model, box);
  viewer.look(LOOK, "light");
  const pictures: ImageData[] = [];
  for (const time of times) {
    timeS = time;
    pictures.push(await pixelsOf(await viewer.snapshot(WIDTH)));
  }
  viewer.dispose();
  host.remove();
  return pictures;
}

async function pixelsOf(png: Blob): Promise<ImageData> {
  const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext("2d");
  if (context === null) throw new Error("no 2D canvas");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.drawImage(await createImageBitmap(png), 0, 0);
  return context.getImageData(0, 0, WIDTH, HEIGHT);
}

function difference(one: ImageData, other: ImageData): Difference {
  let sum = 0;
  let apart = 0;
  let covered = 0;
  for (let i = 0; i < one.data.length; i += 4) {
    const by = [0, 1, 2].map((c) => Math.abs((one.data[i + c] ?? 0) - (other.data[i + c] ?? 0)));
    sum += by.reduce((a, b) => a + b);
    if (Math.max(...by) > 16) apart += 1;
    if (Math.min(one.data[i] ?? 255, one.data[i + 1] ?? 255, one.data[i + 2] ?? 255) < 200) covered += 1;
  }
  const pixels = one.data.length / 4;
  return { mean: sum / pixels / 3, share: apart / pixels, covered: covered / pixels };
}
