// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test } from "vitest";
import { firstChoices } from "@/components/upload/choices";
import type { Phase } from "@/lib/job/state";
import { rendering } from "@/test/render";
import { EndedJob } from "./EndedJob";
import type { FoundDraft } from "./useDraft";

const page = rendering();
const draft = { url: "blob:fox", choices: firstChoices(2) } as FoundDraft;
const show = (phase: Phase, own: FoundDraft | null = draft) =>
  page.show(createElement(EndedJob, { id: "job-1", phase, draft: own, fresh: true }));

const REFUSED: Phase = {
  name: "failed",
  error: { code: "SUBJECT_NOT_FOUND", message: "The mask covers 0.1 % of the first frame." },
};

test("a failure says what happened, what the worker said, and what to do", async () => {
  await show(REFUSED);
  expect(page.text()).toContain("No subject was found");
  expect(page.text()).toContain("The worker says: The mask covers 0.1 % of the first frame.");
  expect(page.text()).toContain("Draw a box");
  expect(page.one("[role=alert] h2")).toBe(document.activeElement);
  expect(page.one("a").getAttribute("href")).toBe("/?again=job-1");
});

test("whoever only has the link is led to a video of their own", async () => {
  await show(REFUSED, null);
  expect(page.text()).not.toContain("Edit and run again");
  expect(page.one("a").getAttribute("href")).toBe("/");
});

test.each([
  [{ name: "cancelled" }, "Cancelled", false],
  [{ name: "timed_out" }, "The job ran past its time limit", true],
  [{ name: "expired" }, "This job is no longer kept", false],
] as const)("%o has its own words", async (phase, title, urgent) => {
  await show(phase as Phase);
  expect(page.one("h2").textContent).toBe(title);
  expect(page.text()).toContain("Another video");
  expect(page.one("section").getAttribute("role")).toBe(urgent ? "alert" : null);
});
