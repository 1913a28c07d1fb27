import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { microseconds, open } from "./open";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = Buffer.from(job.input.video_base64, "base64");

test("the sample's frames are listed without decoding any", async () => {
  const { input, stamps, endS } = await open(new Blob([sample]));
  input.dispose();
  expect(stamps.map(microseconds)).toEqual(
    Array.from({ length: 48 }, (_, index) => microseconds(index / 24)),
  );
  expect(endS).toBeCloseTo(2);
});

test.each([
  ["an empty file", Buffer.alloc(0), "EMPTY_INPUT"],
  ["a text", Buffer.from("This is no video.\n".repeat(100)), "NOT_A_VIDEO"],
  ["nothing but zeros", Buffer.alloc(10_000), "NOT_A_VIDEO"],
  ["a playlist", Buffer.from("#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1/a.ts\n"), "NOT_A_VIDEO"],
  ["a video that was cut", sample.subarray(0, 64), "VIDEO_UNREADABLE"],
])("%s is refused as the worker would", async (_, bytes, code) => {
  await expect(open(new Blob([bytes]))).rejects.toMatchObject({ name: "ApiFailure", error: { code } });
});

test("damaged videos are read or refused, and never throw anything else", async () => {
  for (let at = 0; at < 40; at++) {
    const damaged = Buffer.from(sample);
    damaged.fill(at * 37, at * 40, at * 40 + 24);
    const outcome = await open(new Blob([damaged])).then(
      ({ input }) => input.dispose(),
      (error: Error) => error.name,
    );
    expect([at, outcome ?? "ApiFailure"]).toEqual([at, "ApiFailure"]);
  }
});
