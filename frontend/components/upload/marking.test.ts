import { expect, test } from "vitest";
import type { Point } from "./choices";
import { boxBetween, clicked, MOST_POINTS, withSide } from "./marking";

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
