// @vitest-environment happy-dom
import { act, createElement } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { list, remember, update } from "@/lib/history";
import { rendering } from "@/test/render";
import { HistoryList } from "./HistoryList";

vi.mock("idb-keyval", () => ({
  createStore: () => null,
  get: async () => undefined,
  getMany: async () => [],
  set: async () => undefined,
  del: async () => undefined,
  delMany: async () => undefined,
  keys: async () => [],
  entries: async () => [],
}));

const page = rendering();
const ask = vi.fn<(words: string) => boolean>();
beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("confirm", ask);
  remember({ id: "job-1", name: "fox", mode: "default" });
  update("job-1", { end: "cancelled" });
});

/** The list with its rows, whose code comes by itself. */
async function showList(): Promise<void> {
  await page.show(createElement(HistoryList));
  await act(() => vi.dynamicImportSettled());
}

test("a job is forgotten only by whoever means it", async () => {
  ask.mockReturnValueOnce(false).mockReturnValueOnce(true);
  await showList();
  await page.press("Forget fox");
  expect(ask.mock.lastCall?.[0]).toContain("Forget fox?");
  expect(list().map(({ id }) => id)).toEqual(["job-1"]);
  await page.press("Forget fox");
  expect(list()).toEqual([]);
});

test("the focus goes to the list, as the button goes", async () => {
  ask.mockReturnValueOnce(true);
  await showList();
  await page.press("Forget fox");
  expect(document.activeElement?.textContent).toContain("Your meshes");
});
