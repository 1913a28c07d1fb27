// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import type { Box, Point } from "./choices";
import { SubjectField } from "./SubjectField";
import type { Tool } from "./VideoStage";

const page = rendering();
const asks = { onTool: vi.fn(), onBox: vi.fn(), onPoints: vi.fn() };
const show = (tool: Tool, has: { box?: Box; points?: Point[]; markable?: boolean } = {}) => {
  const { box = null, points = [], markable = true } = has;
  return page.show(createElement(SubjectField, { tool, box, points, markable, ...asks }));
};

test("the subject can be left to the worker, boxed or pointed at", async () => {
  await show("none");
  expect(page.text()).toContain("The worker finds the subject by itself.");
  await act(async () => page.field("Box").click());
  await act(async () => page.field("Points").click());
  expect(asks.onTool.mock.calls).toEqual([["box"], ["on"]]);
});

test("a video that cannot be seen cannot be marked, and it says what can be done", async () => {
  await show("none", { markable: false });
  expect(page.text()).toContain("Check the subject first");
  expect(page.text()).not.toContain("Box");
});

test("marks of a job that is edited can be taken away even where they are not seen", async () => {
  await show("box", { markable: false, box: [0.1, 0.2, 0.3, 0.4] });
  await page.press("Remove the box");
  expect(asks.onBox).toHaveBeenCalledWith(null);
});

test("a side of the box can be typed", async () => {
  await show("box", { box: [0.1, 0.2, 0.3, 0.4] });
  await page.type("Right", "80");
  expect(asks.onBox).toHaveBeenCalledWith([0.1, 0.2, 0.8, 0.4]);
});

test("points are counted, and can be removed", async () => {
  await show("on", {
    points: [
      [0.5, 0.5, true],
      [0.1, 0.1, false],
    ],
  });
  expect(page.text()).toContain("2 of 32 points");
  await page.press("Remove all 2 points");
  expect(asks.onPoints).toHaveBeenCalledWith([]);
});
