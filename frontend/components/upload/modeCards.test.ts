// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { ModeCards } from "./ModeCards";

const page = rendering();
const onChange = vi.fn();
const show = (engine: string | null, value: "default" | "fast" | "low_ram" | "fast_low_ram" = "default") =>
  page.show(createElement(ModeCards, { value, frames: 16, engine, onChange }));

test("an engine with one quality has nothing to choose", async () => {
  await show("silhouette");
  expect(page.text()).toBe("");
});

test("each quality says what it gives and how long it takes", async () => {
  await show("actionmesh");
  expect(page.text()).toMatch(/Best.*detail.*about.*Fast.*about 45 s/);
  await act(async () => page.field("Fast").click());
  expect(onChange).toHaveBeenCalledWith("fast");
});

test("memory can be saved in either quality, and stays saved with the other", async () => {
  await show("actionmesh", "fast");
  await act(async () => page.field("Save memory").click());
  await show("actionmesh", "fast_low_ram");
  await act(async () => page.field("Best").click());
  await act(async () => page.field("Save memory").click());
  expect(onChange.mock.calls).toEqual([["fast_low_ram"], ["low_ram"], ["fast"]]);
});
