import { expect, test } from "vitest";
import type { Capabilities } from "@/lib/api/types";
import { factsFor } from "@/lib/video/testFacts";
import { plansOf } from "./plan";

const INLINE: Capabilities = {
  uploads: "inline",
  maxVideoBytes: 100e6,
  maxInlineBytes: 7e6,
  needsKey: false,
  takesJobs: true,
  reachable: true,
};
const BUCKET: Capabilities = { ...INLINE, uploads: "bucket" };

const PART = { startS: 4, endS: 8, numFrames: 16, knobs: {} };
const BARE = { canCopy: false, canTrim: false };
const ways = (bytes: number, can = INLINE, others = {}, seconds = 30, part = PART) =>
  plansOf(bytes, factsFor(seconds, bytes, others), part, can).map(({ way }) => way);

test("a small file goes as it is, with a bucket or without", () => {
  expect(ways(7e6)).toEqual(["as-is"]);
  expect(ways(1e5, BUCKET, BARE)).toEqual(["as-is"]);
});

test("of a larger one a part is copied where it fits, else cut, else all goes up", () => {
  expect(ways(30e6)).toEqual(["copy", "frames", "cut"]);
  expect(ways(90e6)).toEqual(["frames", "cut"]); // its part has 12 MB
  expect(ways(90e6, BUCKET)).toEqual(["copy", "frames", "cut", "upload"]);
  expect(ways(90e6, BUCKET, BARE)).toEqual(["upload"]);
  expect(ways(90e6, INLINE, BARE)).toEqual([]);
});

test("the limits hold for what is sent", () => {
  expect(ways(362e6, BUCKET, { canTrim: false }, 180)).toEqual(["copy"]);
  expect(ways(362e6, BUCKET, BARE, 180)).toEqual([]);
  expect(ways(5e6, INLINE, {}, 900)).toEqual(["copy", "frames", "cut"]); // longer than the worker takes
  expect(ways(5e6, BUCKET, BARE, 900)).toEqual([]);
  expect(ways(5e6, BUCKET, {}, 900, { ...PART, startS: 0, endS: 700 })).toEqual([]);
});

test("frames are sent alone where it is known which, and they are few", () => {
  const long = (part: object) => ways(90e6, INLINE, {}, 30, { ...PART, ...part });
  expect(long({ numFrames: 31 })).toEqual(["frames", "cut"]);
  expect(long({ numFrames: 32 })).toEqual(["cut"]);
  expect(long({ endS: 9 })).toEqual(["cut"]); // the busiest window of which the worker finds
  expect(long({ endS: 9, knobs: { fps: 8 } })).toEqual(["frames", "cut"]);
  expect(long({ endS: 20, knobs: { fps: 2 } })).toEqual(["cut"]);
  const [frames] = plansOf(90e6, factsFor(30, 90e6), PART, INLINE);
  expect(frames?.bytes).toBeLessThan(0.6e6);
});

test("what is sent is counted", () => {
  const [copied] = plansOf(30e6, factsFor(30, 30e6), PART, INLINE);
  expect(copied?.bytes).toBeGreaterThan(4e6);
  expect(copied?.bytes).toBeLessThan(4.1e6);
  expect(plansOf(9e6, factsFor(2, 9e6, BARE), PART, BUCKET)).toEqual([{ way: "upload", bytes: 9e6 }]);
});
