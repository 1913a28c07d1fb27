// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { FrameCount } from "./FrameCount";

const page = rendering();
const onChange = vi.fn();
const show = (value: number | "auto", available = 48) =>
  page.show(createElement(FrameCount, { value, available, onChange }));

test.each([
  [48, 48],
  [500, 61],
  [20, 32], // too few whatever is chosen, which is said elsewhere
])("of a part of %d frames More begins with %d", async (available, begins) => {
  await show(16, available);
  await act(async () => page.field("More").click());
  expect(onChange).toHaveBeenCalledWith(begins);
});

test("a number is taken as soon as it is one that is allowed", async () => {
  await show(40);
  await page.type("Number of frames", "4");
  await page.type("Number of frames", "45");
  await page.type("Number of frames", "45.5");
  expect(onChange.mock.calls).toEqual([[45]]);
});

test("what was left unread goes back to what is taken", async () => {
  await show(40);
  await page.type("Number of frames", "9999");
  await act(async () => page.field("Number of frames").blur());
  expect(page.field("Number of frames").value).toBe("40");
});

test("it says what each choice costs", async () => {
  await show("auto");
  expect(page.text()).toContain("As many as the part takes");
  await show(31);
  expect(page.text()).toContain("twice as long");
  await show(61);
  expect(page.text()).toContain("5 times as long as with 16");
});
