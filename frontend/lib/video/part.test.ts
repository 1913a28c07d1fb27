import { expect, test } from "vitest";
import { partOf } from "./part";

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
