// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test } from "vitest";
import type { Result } from "@/lib/contract/result";
import { rendering } from "@/test/render";
import { sampleResult } from "@/test/samples";
import { Remarks } from "./Remarks";

const page = rendering();
const SHEET = { name: "masks_preview.jpg", url: "https://s3.example.com/sheet.jpg", bytes: 1, sha256: "0" };

async function show(warnings: Result["warnings"], sheet: Result["files"]["masks_preview"] = null) {
  const result = sampleResult();
  await page.show(
    createElement(Remarks, {
      result: { ...result, warnings, files: { ...result.files, masks_preview: sheet } },
    }),
  );
}

test("a doubt about the subject comes with the outlines, once, and without the request's names", async () => {
  const warnings = [
    { code: "MASK_SECOND_TRY", message: "The first outline was too small." },
    { code: "MASK_LOW_CONFIDENCE", message: "It jumps. If it is wrong, correct subject_box." },
  ];
  await show(warnings, SHEET);
  expect(page.text()).toContain("The outline is uncertainIt jumps. If it is wrong, correct subject box.");
  expect(document.querySelectorAll("img")).toHaveLength(1);
  expect(page.one("img").getAttribute("src")).toBe(SHEET.url);
});

test("other doubts, and those without a sheet, have no picture", async () => {
  await show([{ code: "SEAMS", message: "It jerks." }], SHEET);
  expect(document.querySelector("img")).toBeNull();
  await show([{ code: "MASK_LOW_CONFIDENCE", message: "It jumps." }]);
  expect(document.querySelector("img")).toBeNull();
});

test("what was left out on the way stands apart", async () => {
  await show([{ code: "SMALLER_PROFILE", message: "The mesh is compressed." }]);
  expect(page.text()).toContain("The worker’s remarksThe mesh is compressed.");
});
