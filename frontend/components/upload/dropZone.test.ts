// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { DropZone } from "./DropZone";

const page = rendering();
const onFile = vi.fn();
const show = (opening: string | null = null) => page.show(createElement(DropZone, { opening, onFile }));

/** A drag's event as a browser sends it. */
async function drag(kind: "dragenter" | "dragleave" | "drop", types = ["Files"], files: File[] = []) {
  const event = Object.assign(new Event(kind, { bubbles: true, cancelable: true }), {
    dataTransfer: { types, files },
  });
  await act(async () => document.body.dispatchEvent(event));
  return event;
}

test("a file can be dropped anywhere on the page, and the browser does not open it", async () => {
  await show();
  await drag("dragenter");
  expect(page.text()).toContain("Drop it here");
  const fox = new File(["x"], "fox.mp4");
  expect((await drag("drop", ["Files"], [fox])).defaultPrevented).toBe(true);
  expect(onFile).toHaveBeenCalledWith(fox);
  expect(page.text()).not.toContain("Drop it here");
});

test("a drag over a part of the page is still over the page", async () => {
  await show();
  for (const kind of ["dragenter", "dragenter", "dragleave"] as const) await drag(kind);
  expect(page.text()).toContain("Drop it here");
  await drag("dragleave");
  expect(page.text()).not.toContain("Drop it here");
});

test("dragged words are none of its business", async () => {
  await show();
  const event = await drag("drop", ["text/plain"]);
  expect([event.defaultPrevented, onFile.mock.calls.length]).toEqual([false, 0]);
});

test("while a file is looked into no other is taken by hand", async () => {
  await show("fox.mp4");
  expect(page.text()).toContain("Looking into it…");
  expect(page.one<HTMLInputElement>("input").disabled).toBe(true);
});
