import { readFileSync } from "node:fs";
import { BlobSource, BufferTarget, Conversion, Input, MP4, Mp4OutputFormat, Output } from "mediabunny";
import { expect, test } from "vitest";
import { probe } from "./probe";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = Buffer.from(job.input.video_base64, "base64");

/** The sample with its table of frames before the frames, as phones and the web have it. */
async function tableFirst(): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ source: new BlobSource(new Blob([sample])), formats: [MP4] });
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  await (await Conversion.init({ input, output })).execute();
  return new Uint8Array(target.buffer as ArrayBuffer);
}

test("a file whose end is missing is told, though its table lists all frames", async () => {
  const whole = await tableFirst();
  expect((await probe(new Blob([whole]))).times).toHaveLength(48);
  for (const share of [0.99, 0.6, 0.2]) {
    const part = new Blob([whole.subarray(0, Math.floor(share * whole.length))]);
    await expect(probe(part)).rejects.toMatchObject({ error: { code: "VIDEO_INCOMPLETE" } });
  }
});
