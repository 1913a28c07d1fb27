import { expect, test } from "vitest";
import { bitrateFor, fitted, partOf } from "./trim";

const stamps = Array.from({ length: 48 }, (_, index) => 0.5 + index / 24); // the first frame is at 0.5 s
const opened = { stamps, endS: 2.5 };

test("the part's frames are those of the worker: its start, but not its end", () => {
  expect(partOf(opened, 0, 2)).toEqual({ start: 0.5, end: 2.5, count: 48 });
  expect(partOf(opened, 0.041667, 1)).toEqual({ start: stamps[1], end: stamps[24], count: 23 });
  expect(partOf(opened, 0.05, 99)).toEqual({ start: stamps[2], end: 2.5, count: 46 });
});

test("a part without frames is told", () => {
  expect(() => partOf(opened, 3, 4)).toThrow("VIDEO_TOO_SHORT");
  expect(() => partOf(opened, 0.01, 0.02)).toThrow("VIDEO_TOO_SHORT");
});

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
