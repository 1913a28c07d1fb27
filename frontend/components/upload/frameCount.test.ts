import { expect, test } from "vitest";
import { windows } from "./FrameCount";

test("a long clip takes a window for its keys and one for every 14 frames more", () => {
  expect([32, 44, 45, 61, 121, 226].map(windows)).toEqual([3, 3, 4, 5, 9, 16]);
});
