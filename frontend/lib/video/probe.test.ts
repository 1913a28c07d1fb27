import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { probe } from "./probe";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = Buffer.from(job.input.video_base64, "base64");

test("what is known of the sample", async () => {
  const { times, ...facts } = await probe(new Blob([sample]));
  expect(facts).toEqual({ durationS: 2, width: 512, height: 384, fps: 24, firstS: 0, canTrim: false }); // no WebCodecs
  expect(times).toHaveLength(48);
});
