import { expect, test } from "vitest";
import { checkListed, checkSize, isTaken } from "./limits";

test("what is at the bound is taken, what is above is told with its figures", () => {
  checkSize(8192, 4352);
  checkListed(432_000);
  expect(() => checkSize(8192, 4353)).toThrow("8192 × 4353 pixels; at most 35 million are allowed.");
  expect(() => checkListed(432_001)).toThrow("TOO_MANY_FRAMES: This video has more than 432,000 frames");
});

test("the worker's own bounds are of what is sent", () => {
  expect(isTaken(36_000, 600)).toBe(true);
  expect(isTaken(36_001, 600)).toBe(false);
  expect(isTaken(100, 600.5)).toBe(false);
});
