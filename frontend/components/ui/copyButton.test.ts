// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { CopyButton } from "./CopyButton";

const page = rendering();
const show = (writeText?: (text: string) => Promise<void>) => {
  vi.stubGlobal("navigator", { clipboard: writeText && { writeText } });
  return page.show(
    // biome-ignore lint/correctness/noChildrenProp: the type of the props wants it there
    createElement(CopyButton, { text: () => "https://page.example/jobs/1", children: "Copy link" }),
  );
};

test("it copies, and says so", async () => {
  const writeText = vi.fn(async () => undefined);
  await show(writeText);
  await page.press("Copy link");
  expect(writeText).toHaveBeenCalledWith("https://page.example/jobs/1");
  expect(page.one("[role=status]").textContent).toBe("Copied");
});

test("where the browser has no clipboard the text is there to be copied, with the focus", async () => {
  await show();
  await page.press("Copy link");
  expect(page.field("Copy link").value).toBe("https://page.example/jobs/1");
  expect(document.activeElement).toBe(page.field("Copy link"));
  page.field("Copy link").blur();
  await show(); // the page around it is drawn again
  expect(document.activeElement).toBe(document.body);
});
