// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import type { Phase } from "@/lib/job/state";
import { IDLE } from "@/lib/job/state";
import { rendering } from "@/test/render";
import { sampleResult } from "@/test/samples";
import { type Asks, CheckView } from "./SubjectCheck";

const SHEET = {
  name: "masks_preview.jpg",
  url: "data:image/jpeg;base64,AA",
  bytes: 1,
  sha256: "0".repeat(64),
};

const { show: render, text, one, button, press } = rendering();
const job = { cancel: vi.fn(), retryNow: vi.fn() };
const asks = { onTake: vi.fn(), onMark: vi.fn(), onAgain: vi.fn(), onClose: vi.fn() };

async function show(phase: Phase, more: Partial<Asks> = {}) {
  const state = { ...IDLE, id: "check-1", phase };
  const props = { outdated: false, busy: false, ...asks, ...more };
  await render(createElement(CheckView, { job: { state, ...job }, ...props }));
}

function found(): Phase {
  const result = sampleResult();
  return { name: "done", result: { ...result, files: { ...result.files, masks_preview: SHEET } } };
}

test("while the worker looks it says so, and can be stopped", async () => {
  await show({ name: "running", progress: { stage: "masks", index: 1, of: 2, percent: 50, etaS: null } });
  expect(one("[role=status]").textContent).toBe("Finding the subject");
  await press("Cancel the check");
  expect(job.cancel).toHaveBeenCalledOnce();
  expect(button("Yes, make the mesh")).toBeNull();
});

test("what was found is shown, and can be taken or marked better", async () => {
  await show(found());
  expect(one("img").getAttribute("src")).toBe(SHEET.url);
  expect(document.activeElement?.textContent).toBe("Is this the subject?");
  await press("Yes, make the mesh");
  expect(asks.onTake).toHaveBeenCalledOnce();
  await press("No, mark it");
  expect(asks.onMark).toHaveBeenCalledOnce();
});

test("what was found of other marks cannot be taken, but looked for again", async () => {
  await show(found(), { outdated: true });
  expect(button("Yes, make the mesh")).toBeNull();
  expect(text()).toContain("have changed since");
  await press("Check again");
  expect(asks.onAgain).toHaveBeenCalledOnce();
});

test("the worker's doubts stand with it", async () => {
  const phase = found();
  if (phase.name === "done")
    phase.result.warnings = [{ code: "MASK_LOW_CONFIDENCE", message: "In frame 3." }];
  await show(phase);
  expect(text()).toContain("The outline is uncertain");
});

test("where nothing was found one can mark it and look again", async () => {
  await show({ name: "failed", error: { code: "SUBJECT_NOT_FOUND", message: "Nothing stands out." } });
  expect(button("Yes, make the mesh")).toBeNull();
  await press("Mark it");
  expect(asks.onMark).toHaveBeenCalledOnce();
});
