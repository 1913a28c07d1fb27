// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { KNOBS } from "@/lib/form";
import { rendering } from "@/test/render";
import { KnobField } from "./KnobField";

const page = rendering();
const onChange = vi.fn();
async function show(name: string, value?: unknown) {
  const knob = KNOBS.find((each) => each.name === name);
  if (knob === undefined) throw new Error(`there is no ${name}`);
  await page.show(createElement(KnobField, { knob, value: value ?? knob.default, onChange }));
}

test("a number is taken when its field is left", async () => {
  await show("seed");
  await page.type("Seed", "7");
  expect(onChange).not.toHaveBeenCalled();
  await act(async () => page.field("Seed").blur());
  expect(onChange).toHaveBeenCalledWith(7);
});

test("what is no number is said at once, and kept as it was typed", async () => {
  await show("seed");
  await page.type("Seed", "many");
  expect(page.field("Seed").getAttribute("aria-invalid")).toBe("true");
  expect(page.one(".error").id).toBe(page.field("Seed").getAttribute("aria-describedby"));
  await act(async () => page.field("Seed").blur());
  expect(onChange).toHaveBeenCalledWith("many");
});

test("a number that is left empty is the worker's", async () => {
  await show("stage_0_steps", 50);
  expect(page.field("Stage 0 steps").value).toBe("50");
  expect(page.field("Stage 0 steps").placeholder).toBe("The worker chooses");
  await page.type("Stage 0 steps", "");
  await act(async () => page.field("Stage 0 steps").blur());
  expect(onChange).toHaveBeenCalledWith(null);
});

test("kinds of files have a title and what they are for, and keep their order", async () => {
  await show("outputs", ["preview"]);
  expect(page.text()).toContain("One GLB that plays.");
  await act(async () => page.field("Animated mesh").click());
  expect(onChange).toHaveBeenCalledWith(["animated_mesh", "preview"]);
});

test("a switch is switched", async () => {
  await show("loop");
  await act(async () => page.field("Loop").click());
  expect(onChange).toHaveBeenCalledWith(true);
});

test("a choice is chosen, a number as a number", async () => {
  await show("texture_size");
  const select = page.one<HTMLSelectElement>("select");
  await act(async () => {
    select.value = "2048";
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  expect(onChange).toHaveBeenCalledWith(2048);
});
