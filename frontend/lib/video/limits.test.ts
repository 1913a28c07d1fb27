import { expect, test } from "vitest";
import { checkCount, checkDuration, checkSize } from "./limits";

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
