import { expect, test } from "vitest";
import type { Capabilities } from "@/lib/api/types";
import { factsFor } from "@/lib/video/testFacts";
import { firstChoices } from "./choices";
import { hindranceOf } from "./hindrance";

const CAN: Capabilities = {
  uploads: "inline",
  maxVideoBytes: 100e6,
  maxInlineBytes: 7e6,
  needsKey: false,
  takesJobs: true,
  reachable: true,
};
const CLIP = {
  file: new File([new Uint8Array(1000)], "a.mp4"),
  url: "",
  facts: factsFor(10, 1000, { canCopy: false, canTrim: false }),
};
const CHOICES = firstChoices(10);

test("nothing is in the way of a good clip", () => {
  expect(hindranceOf(CLIP, CHOICES, CAN, "")).toBeNull();
});

test("what is in the way is said, the gravest first", () => {
  expect(hindranceOf(CLIP, CHOICES, null, "")).toBe("Looking for the worker…");
  expect(hindranceOf(CLIP, CHOICES, { ...CAN, reachable: false }, "")).toMatch(/no worker/);
  expect(hindranceOf(CLIP, CHOICES, { ...CAN, takesJobs: false }, "")).toMatch(/its own machine/);
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
  expect(hindranceOf(large, CHOICES, CAN, "")).toMatch(/7.5 MB. Up to 7 MB/);
  expect(hindranceOf(large, CHOICES, { ...CAN, uploads: "bucket" }, "")).toBeNull();
});

test("marks of another frame than the first that is taken are not sent", () => {
  const marked = { ...CHOICES, endS: 2, box: [0.1, 0.1, 0.9, 0.9] as [number, number, number, number] };
  expect(hindranceOf(CLIP, { ...marked, markedAtS: 0 }, CAN, "")).toBeNull();
  expect(hindranceOf(CLIP, { ...marked, markedAtS: 0, startS: 1 }, CAN, "")).toMatch(/another frame/);
  expect(hindranceOf(CLIP, { ...marked, markedAtS: 1, startS: 1 }, CAN, "")).toBeNull();
  expect(hindranceOf(CLIP, { ...marked, markedAtS: 0, endS: 9 }, CAN, "")).toMatch(/up to 4 s/);
  expect(hindranceOf(CLIP, { ...marked, markedAtS: 0, endS: 9, knobs: { fps: 8 } }, CAN, "")).toBeNull();
});
