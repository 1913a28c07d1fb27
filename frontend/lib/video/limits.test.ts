import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkCount, checkDuration, checkSize, LIMITS } from "./limits";

test("the bounds are the worker's", () => {
  const python = readFileSync(new URL("../../../actionmesh_wrapper/system/limits.py", import.meta.url), "utf8");
  expect(python).toContain(`MAX_DURATION_S = ${LIMITS.durationS}.0 `);
  expect(python).toContain("MAX_FRAMES = 36_000 ");
  expect(python).toContain("MAX_PIXELS = 8192 * 4352 ");
  expect([LIMITS.frames, LIMITS.pixels]).toEqual([36_000, 8192 * 4352]);
});

test("what is at the bound is taken, what is above is told with its figures", () => {
  checkSize(8192, 4352);
  checkCount(36_000);
  checkDuration(600);
  expect(() => checkSize(8192, 4353)).toThrow("8192 × 4353 pixels; at most 35 million are allowed.");
  expect(() => checkCount(36_001)).toThrow("TOO_MANY_FRAMES: This video has more than 36,000 frames.");
  expect(() => checkDuration(754.2)).toThrow(
    "TOO_LONG: This video is 754 s long; at most 600 s are allowed.",
  );
});
