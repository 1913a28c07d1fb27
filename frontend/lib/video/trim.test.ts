import { expect, test } from "vitest";
import { bitrateFor, fitted } from "./trim";

test("pictures are made smaller until they fit, and keep even sides", () => {
  expect(fitted(640, 359)).toEqual({ width: 640, height: 360 });
  expect(fitted(3840, 2160)).toEqual({ width: 1280, height: 720 });
  expect(fitted(1080, 1920)).toEqual({ width: 720, height: 1280 });
  expect(fitted(8000, 1)).toEqual({ width: 1280, height: 2 });
});

test("the bitrate follows the picture, and the room there is", () => {
  const part = (seconds: number) => ({ start: 1, end: 1 + seconds, count: 2 });
  const size = { width: 1280, height: 720 };
  expect(bitrateFor(size, part(2), 6_500_000)).toBe(14 * 1280 * 720);
  const long = bitrateFor(size, part(20), 6_500_000);
  expect((long * 20) / 8).toBeLessThan(6_500_000);
  expect(bitrateFor(size, part(600), 6_500_000)).toBe(300_000);
});
