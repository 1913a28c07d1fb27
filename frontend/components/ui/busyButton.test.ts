// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { BusyButton } from "./BusyButton";

const page = rendering();

test("while it is busy a press does nothing, and the focus stays", async () => {
  const onClick = vi.fn();
  const show = (busy: boolean) => page.show(createElement(BusyButton, { busy, onClick }, "Save"));
  await show(false);
  await page.press("Save");
  await show(true);
  await page.press("Save");
  expect(onClick).toHaveBeenCalledOnce();
  expect(document.activeElement).toBe(page.button("Save"));
  expect([page.button("Save")?.disabled, page.one("button").getAttribute("aria-disabled")]).toEqual([
    false,
    "true",
  ]);
});
