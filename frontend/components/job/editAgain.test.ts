import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { firstChoices } from "@/components/upload/choices";
import { EditAgain, missingFor } from "./EditAgain";
import type { FoundDraft } from "./useDraft";

const DRAFT: FoundDraft = {
  file: new File(["x"], "fox.mp4"),
  name: "fox.mp4",
  bytes: 40_000_000,
  choices: firstChoices(2),
  firstS: 0,
  sentFromS: 0,
  url: "blob:fox",
};
const TOO_LARGE: FoundDraft = { ...DRAFT, file: null, url: null };

const shown = (draft: FoundDraft | null | undefined) =>
  renderToStaticMarkup(createElement(EditAgain, { id: "job-1", draft }));

test("a job leads back to the studio as long as what was chosen is known", () => {
  for (const draft of [DRAFT, TOO_LARGE]) expect(shown(draft)).toContain('href="/?again=job-1"');
  expect([shown(null), shown(undefined)]).toEqual(["", ""]);
});

test("what is missing for it is said", () => {
  expect(missingFor(null)).toMatch(/not in this browser/);
  expect(missingFor(TOO_LARGE)).toBe(
    "To edit it, choose fox.mp4 again: 40 MB are too much for this browser to keep.",
  );
  expect([missingFor(DRAFT), missingFor(undefined)]).toEqual([null, null]);
});
