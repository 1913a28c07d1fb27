// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import type { Capabilities } from "@/lib/api/types";
import { factsFor } from "@/lib/video/testFacts";
import { rendering } from "@/test/render";
import { firstChoices } from "./choices";
import { SendPanel } from "./SendPanel";
import type { Sending } from "./useSend";

const page = rendering();
const asks = { onSend: vi.fn(), onCheck: vi.fn(), onStop: vi.fn() };
const capabilities = { uploads: "inline", maxInlineBytes: 7e6, maxVideoBytes: 1e8 } as Capabilities;

async function show(sending: Sending, { bytes = 1000, hindrance = null as string | null } = {}) {
  const file = new File([new Uint8Array(bytes)], "fox.mp4");
  const clip = { file, url: "blob:fox", facts: factsFor(2, bytes) };
  const choices = firstChoices(2, false);
  await page.show(
    createElement(SendPanel, {
      clip,
      choices,
      capabilities,
      sending,
      hindrance,
      expected: "Takes 30 s.",
      ...asks,
    }),
  );
}

test("it says what will be sent and how long it takes, and sends it", async () => {
  await show({ step: "idle" });
  expect(page.text()).toContain("Sends the video, 1 kB. Takes 30 s.");
  await page.press("Make the mesh");
  await page.press("Check the subject first");
  expect([asks.onSend, asks.onCheck].map((ask) => ask.mock.calls.length)).toEqual([1, 1]);
});

test("what hinders it is said in place of that, and nothing can be sent", async () => {
  await show({ step: "idle" }, { hindrance: "There is no worker to send it to now." });
  expect(page.one(".error").textContent).toBe("There is no worker to send it to now.");
  expect(page.button("Make the mesh")?.disabled).toBe(true);
  expect(page.button("Check the subject first")?.disabled).toBe(true);
});

test("the focus is not lost with the buttons, neither on the way there nor back", async () => {
  await show({ step: "idle" });
  await page.press("Make the mesh");
  await show({ step: "cutting", percent: 40 });
  expect(document.activeElement).toBe(page.one("fieldset"));
  expect(page.one("[role=status]").textContent).toBe("Cutting out the part");
  expect(page.text()).toContain("40 %");
  await page.press("Stop");
  expect(asks.onStop).toHaveBeenCalledOnce();
  await show({ step: "idle" });
  expect(document.activeElement).toBe(page.one("fieldset"));
});

test("the focus is left where it is while the steps of sending go on", async () => {
  await show({ step: "cutting", percent: 99 });
  page.button("Stop")?.focus();
  await show({ step: "uploading", percent: 0 });
  await show({ step: "submitting" });
  expect(document.activeElement).toBe(page.button("Stop"));
});
