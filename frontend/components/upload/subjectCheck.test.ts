// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Phase } from "@/lib/job/state";
import { IDLE } from "@/lib/job/state";
import { sampleResult } from "@/test/samples";
import { type Asks, CheckView } from "./SubjectCheck";

const SHEET = {
  name: "masks_preview.jpg",
  url: "data:image/jpeg;base64,AA",
  bytes: 1,
  sha256: "0".repeat(64),
};

let root: Root;
let place: HTMLElement;
const job = { cancel: vi.fn(), retryNow: vi.fn() };
const asks = { onTake: vi.fn(), onMark: vi.fn(), onAgain: vi.fn(), onClose: vi.fn() };

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
  vi.clearAllMocks();
});

async function show(phase: Phase, more: Partial<Asks> = {}) {
  const state = { ...IDLE, id: "check-1", phase };
  const props = { outdated: false, busy: false, ...asks, ...more };
  await act(async () => root.render(createElement(CheckView, { job: { state, ...job }, ...props })));
}

const button = (name: string) =>
  [...place.querySelectorAll("button")].find((one) => one.textContent === name);

function found(): Phase {
  const result = sampleResult();
  return { name: "done", result: { ...result, files: { ...result.files, masks_preview: SHEET } } };
}

test("while the worker looks it says so, and can be stopped", async () => {
  await show({ name: "running", progress: { stage: "masks", index: 1, of: 2, percent: 50, etaS: null } });
  expect(place.querySelector("[role=status]")?.textContent).toBe("Finding the subject");
  button("Cancel the check")?.click();
  expect(job.cancel).toHaveBeenCalledOnce();
  expect(button("Yes, make the mesh")).toBeUndefined();
});

test("what was found is shown, and can be taken or marked better", async () => {
  await show(found());
  expect(place.querySelector("img")?.getAttribute("src")).toBe(SHEET.url);
  expect(document.activeElement?.textContent).toBe("Is this the subject?");
  button("Yes, make the mesh")?.click();
  expect(asks.onTake).toHaveBeenCalledOnce();
  button("No, mark it")?.click();
  expect(asks.onMark).toHaveBeenCalledOnce();
});

test("what was found of other marks cannot be taken, but looked for again", async () => {
  await show(found(), { outdated: true });
  expect(button("Yes, make the mesh")).toBeUndefined();
  expect(place.textContent).toContain("have changed since");
  button("Check again")?.click();
  expect(asks.onAgain).toHaveBeenCalledOnce();
});

test("the worker's doubts stand with it", async () => {
  const phase = found();
  if (phase.name === "done")
    phase.result.warnings = [{ code: "MASK_LOW_CONFIDENCE", message: "In frame 3." }];
  await show(phase);
  expect(place.textContent).toContain("The outline is uncertain");
});

test("where nothing was found one can mark it and look again", async () => {
  await show({ name: "failed", error: { code: "SUBJECT_NOT_FOUND", message: "Nothing stands out." } });
  expect(button("Yes, make the mesh")).toBeUndefined();
  button("Mark it")?.click();
  expect(asks.onMark).toHaveBeenCalledOnce();
});
