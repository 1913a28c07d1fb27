import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { probe } from "./probe";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = Buffer.from(job.input.video_base64, "base64");

test("what is known of the sample", async () => {
  const { times, packets, ...facts } = await probe(new Blob([sample]));
  const known = { durationS: 2, width: 512, height: 384, fps: 24, firstS: 0 };
  expect(facts).toEqual({ ...known, canCopy: true, skipsLeading: false, canTrim: false }); // no WebCodecs
  expect(times).toHaveLength(48);
  expect(packets[0]).toEqual({ stamp: 0, bytes: expect.any(Number), isKey: true });
  const stored = packets.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(stored).toBeGreaterThan(0.9 * sample.length);
  expect(stored).toBeLessThan(sample.length);
});
