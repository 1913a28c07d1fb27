import { expect, test } from "vitest";
import { aspectOf } from "./aspect";

test.each([
  [1920, 1080, "16:9"],
  [1080, 1920, "9:16"],
  [512, 512, "1:1"],
  [512, 384, "4:3"],
  [480, 640, "3:4"],
  [2560, 1080, "21:9"],
  [854, 480, "16:9"],
  [100, 1000, "9:16"],
])("%d × %d is laid out as %s", (width, height, aspect) => {
  expect(aspectOf({ width, height })).toBe(aspect);
});

test("what has no known shape has a square's place", () => {
  expect(aspectOf()).toBe("1:1");
});
