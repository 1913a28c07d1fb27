// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { firstChoices } from "@/components/upload/choices";
import { rendering } from "@/test/render";
import { ClipWhileWaiting } from "./ClipWhileWaiting";
import type { FoundDraft } from "./useDraft";

const page = rendering();
const draft = {
  url: "blob:fox",
  firstS: 10,
  choices: { ...firstChoices(60), startS: 2, endS: 4 },
} as FoundDraft;

async function show(of: FoundDraft | null) {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  await page.show(createElement(ClipWhileWaiting, { draft: of }));
}

test("the part plays over and over", async () => {
  await show(draft);
  const video = page.one<HTMLVideoElement>("video");
  expect(video.currentTime).toBe(12);
  video.currentTime = 14;
  await act(async () => video.dispatchEvent(new Event("timeupdate")));
  expect(video.currentTime).toBe(12);
});

test("without the clip, or where the browser cannot show it, it says what will be there", async () => {
  await show(null);
  expect(page.text()).toBe("The mesh will be shown here.");
  await show(draft);
  expect(page.text()).toBe("Your clip");
  await act(async () => page.one("video").dispatchEvent(new Event("error")));
  expect(page.text()).toBe("The mesh will be shown here.");
});
