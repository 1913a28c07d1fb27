// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { MarksMoved } from "./MarksMoved";
import type { Standing } from "./marking";

const page = rendering();
const asks = { onLook: vi.fn(), onKeep: vi.fn(), onClear: vi.fn() };
const show = (standing: Standing, seen = false) =>
  page.show(createElement(MarksMoved, { standing, seen, ...asks }));

test("marks on their own frame need no word", async () => {
  await show("right");
  expect(page.text()).toBe("");
});

test("the new frame is looked at before its marks can be called right", async () => {
  await show("elsewhere");
  expect(page.button("The marks are right")).toBeNull();
  await page.press("Show that frame");
  await show("elsewhere", true);
  await page.press("The marks are right");
  await page.press("Mark anew");
  expect([asks.onLook, asks.onKeep, asks.onClear].map((ask) => ask.mock.calls.length)).toEqual([1, 1, 1]);
});

test("where the first frame is not known it says how it would be", async () => {
  await show("unknown");
  expect(page.text()).toContain("choose a shorter one");
});
