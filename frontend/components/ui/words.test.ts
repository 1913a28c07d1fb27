import { expect, test } from "vitest";
import { ago, count, left, size, spaced, span } from "./words";

test("sizes", () => {
  expect([0, 840_000, 999_600, 1_234_567, 2_000_000, 9_960_000, 74_500_000].map(size)).toEqual([
    "0 B",
    "840 kB",
    "1 MB",
    "1.2 MB",
    "2 MB",
    "10 MB",
    "75 MB",
  ]);
});

test("lengths of time", () => {
  expect([0.84, 2, 9.96, 59.6, 60, 125, 3600, 3780].map(span)).toEqual([
    "0.8 s",
    "2 s",
    "10 s",
    "1 min",
    "1 min",
    "2 min 5 s",
    "1 h",
    "1 h 3 min",
  ]);
});

test("time left", () => {
  expect([2, 12, 52, 70, 150].map(left)).toEqual([
    "a few seconds left",
    "about 10 s left",
    "about 50 s left",
    "about a minute left",
    "about 3 minutes left",
  ]);
});

test("ago", () => {
  const now = new Date(2026, 10, 25, 15, 0);
  const told = (...args: [number, number, number, number, number]) => ago(new Date(...args), now);
  expect(told(2026, 10, 25, 14, 59)).toBe("1 min ago");
  expect(ago(now, now)).toBe("just now");
  expect(told(2026, 10, 25, 9, 5)).toBe("today at 09:05");
  expect(told(2026, 10, 24, 23, 0)).toBe("yesterday at 23:00");
  expect(told(2026, 10, 3, 9, 0)).toBe("3 Nov");
  expect(told(2025, 10, 3, 9, 0)).toBe("3 Nov 2025");
});

test("numbers", () => {
  expect(count(40_000)).toBe("40,000");
});

test("a sentence of the worker names things as words", () => {
  expect(spaced("masks_preview shows it. Correct subject_box: [0.16, 0.1] in IMG_1.mov")).toBe(
    "masks preview shows it. Correct subject box: [0.16, 0.1] in IMG_1.mov",
  );
  expect(spaced("left out: mesh_000.glb, so_far_016.glb and obj_sequence.zip.")).toBe(
    "left out: mesh_000.glb, so_far_016.glb and obj_sequence.zip.",
  );
});
