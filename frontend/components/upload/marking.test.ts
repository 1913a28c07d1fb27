import { expect, test } from "vitest";
import { type Box, firstChoices, type Point } from "./choices";
import {
  boxBetween,
  clicked,
  GRIPS,
  gripAt,
  MOST_POINTS,
  placeOfGrip,
  pulled,
  standingOf,
  withSide,
} from "./marking";

test("a box may be drawn from any corner, and ends at the picture's edge", () => {
  expect(boxBetween({ x: 0.8, y: 0.9 }, { x: 0.2, y: 0.1 })).toEqual([0.2, 0.1, 0.8, 0.9]);
  expect(boxBetween({ x: 0.5, y: 0.5 }, { x: 1.4, y: -0.2 })).toEqual([0.5, 0, 1, 0.5]);
});

test("a click is no box", () => {
  expect(boxBetween({ x: 0.5, y: 0.5 }, { x: 0.51, y: 0.9 })).toBeNull();
});

test("a click adds a point, another at its place takes it away", () => {
  const one = clicked([], { x: 0.5, y: 0.5 }, true);
  expect(one).toEqual([[0.5, 0.5, true]]);
  const two = clicked(one, { x: 0.7, y: 0.5 }, false);
  expect(two).toEqual([
    [0.5, 0.5, true],
    [0.7, 0.5, false],
  ]);
  expect(clicked(two, { x: 0.51, y: 0.5 }, true)).toEqual([[0.7, 0.5, false]]);
});

test("there are no more points than a request takes", () => {
  const many = Array.from({ length: MOST_POINTS }, (_, index): Point => [index / MOST_POINTS, 0, true]);
  expect(clicked(many, { x: 0.5, y: 0.9 }, true)).toBe(many);
});

test("a box's side stops before the other one", () => {
  expect(withSide([0.2, 0.2, 0.8, 0.8], 0, 0.95)).toEqual([0.78, 0.2, 0.8, 0.8]);
  expect(withSide([0.2, 0.2, 0.8, 0.8], 3, 2)).toEqual([0.2, 0.2, 0.8, 1]);
});

const BOX: Box = [0.2, 0.2, 0.6, 0.8];
const REACH = { x: 0.03, y: 0.03 };

test("a box has eight grips, is held by the nearest, and inside by itself", () => {
  expect(GRIPS).toHaveLength(8);
  for (const grip of GRIPS) expect(gripAt(BOX, placeOfGrip(BOX, grip), REACH)).toEqual(grip);
  expect(gripAt(BOX, { x: 0.62, y: 0.81 }, REACH)).toEqual({ x: 1, y: 1 });
  expect(gripAt(BOX, { x: 0.3, y: 0.6 }, REACH)).toEqual({ x: 0, y: 0 });
  expect(gripAt(BOX, { x: 0.7, y: 0.5 }, REACH)).toBeNull();
});

test("a pulled box stays in the picture, moved whole it keeps its size", () => {
  const by = { x: 0.1, y: 0.1 };
  const rounded = (box: Box) => box.map((value) => Math.round(value * 1000) / 1000);
  expect(rounded(pulled(BOX, { x: 0, y: 0 }, by))).toEqual([0.3, 0.3, 0.7, 0.9]);
  expect(rounded(pulled(BOX, { x: 0, y: 0 }, { x: 1, y: -1 }))).toEqual([0.6, 0, 1, 0.6]);
  expect(rounded(pulled(BOX, { x: -1, y: 0 }, by))).toEqual([0.3, 0.2, 0.6, 0.8]);
  expect(rounded(pulled(BOX, { x: 1, y: 1 }, { x: 9, y: -9 }))).toEqual([0.2, 0.2, 1, 0.22]);
});

test("marks are right for the frame that they were made on alone", () => {
  const taken = { times: [1.2, 1.3], count: 2, available: null };
  const marked = { ...firstChoices(2), box: BOX, markedAtS: 1.2 };
  expect(standingOf(marked, taken)).toBe("right");
  expect(standingOf({ ...marked, box: null, points: [[0.5, 0.5, true]] }, taken)).toBe("right");
  expect(standingOf({ ...marked, markedAtS: 1.16 }, taken)).toBe("elsewhere");
  expect(standingOf({ ...marked, markedAtS: null }, taken)).toBe("elsewhere");
  expect(standingOf({ ...marked, box: null }, taken)).toBe("none");
  expect(standingOf(marked, { ...taken, times: [] })).toBe("unknown");
});
