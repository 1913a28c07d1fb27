import { expect, test } from "vitest";
import type { Capabilities } from "@/lib/api/types";
import { firstChoices } from "./choices";
import { hindranceOf } from "./hindrance";

const CAN: Capabilities = {
  uploads: "inline",
  maxVideoBytes: 100e6,
  maxInlineBytes: 7e6,
  needsKey: false,
  reachable: true,
};
const CLIP = {
  file: new File([new Uint8Array(1000)], "a.mp4"),
  url: "",
  facts: {
    durationS: 10,
    times: Array.from({ length: 240 }, (_, k) => k / 24),
    width: 512,
    height: 384,
    fps: 24,
    firstS: 0,
    canTrim: false,
  },
};
const CHOICES = firstChoices(10);

test("nothing is in the way of a good clip", () => {
  expect(hindranceOf(CLIP, CHOICES, CAN, "")).toBeNull();
});

test("what is in the way is said, the gravest first", () => {
  expect(hindranceOf(CLIP, CHOICES, null, "")).toBe("Looking for the worker…");
  expect(hindranceOf(CLIP, CHOICES, { ...CAN, reachable: false }, "")).toMatch(/no worker/);
  expect(hindranceOf(CLIP, CHOICES, { ...CAN, needsKey: true }, "")).toMatch(/access key/);
  expect(hindranceOf(CLIP, CHOICES, { ...CAN, needsKey: true }, "k")).toBeNull();
  expect(hindranceOf(CLIP, { ...CHOICES, endS: 0.5 }, CAN, "")).toMatch(/too few frames/);
});

test("settings that cannot be read or contradict each other are not sent", () => {
  const seed = { ...CHOICES, knobs: { seed: "many" } };
  expect(hindranceOf(CLIP, seed, CAN, "")).toBe("Seed, in the advanced settings, is not right.");
  expect(hindranceOf(CLIP, { ...CHOICES, knobs: { anchor_idx: 20 } }, CAN, "")).toMatch(/anchor frame/);
  const automatic = { ...CHOICES, numFrames: "auto" as const, knobs: { anchor_idx: 16 } };
  expect(hindranceOf(CLIP, automatic, CAN, "")).toMatch(/first 16 frames/);
});

test("a large file needs a bucket or a browser that can cut it", () => {
  const large = { ...CLIP, file: new File([new Uint8Array(7_500_000)], "b.mp4") };
  expect(hindranceOf(large, CHOICES, CAN, "")).toMatch(/7.5 MB. Without a bucket 7 MB/);
  expect(hindranceOf(large, CHOICES, { ...CAN, uploads: "bucket" }, "")).toBeNull();
});
