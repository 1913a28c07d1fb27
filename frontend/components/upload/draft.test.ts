import { beforeEach, expect, test, vi } from "vitest";
import { firstChoices } from "./choices";
import type { Draft } from "./draft";

/** The browser's database, in memory. */
const kept = vi.hoisted(() => new Map<string, unknown>());
vi.mock("idb-keyval", () => ({
  createStore: () => undefined,
  get: async (key: string) => kept.get(key),
  set: async (key: string, value: unknown) => kept.set(key, value),
  del: async (key: string) => kept.delete(key),
  keys: async () => [...kept.keys()],
}));

const draftNamed = (name: string, bytes: number): Draft => ({
  file: new File([new Uint8Array(4)], name),
  name,
  bytes,
  choices: firstChoices(10),
  firstS: 0,
  sentFromS: 0,
});

/** The module as another tab has it: it holds nothing of its own. */
async function otherTab() {
  vi.resetModules();
  return import("./draft");
}

beforeEach(() => kept.clear());

test("a video is kept beyond its tab, with what was chosen", async () => {
  const { keepDraft } = await otherTab();
  const draft = draftNamed("fox.mp4", 4);
  await keepDraft("a", draft);
  expect(await (await otherTab()).draftOf("a")).toMatchObject({ file: draft.file, choices: draft.choices });
});

test("of one that is too large what was chosen is kept, and the video as long as the tab", async () => {
  const tab = await otherTab();
  const draft = draftNamed("long.mp4", 31_000_000);
  await tab.keepDraft("a", draft);
  expect((await tab.draftOf("a"))?.file).toBe(draft.file);
  expect(await (await otherTab()).draftOf("a")).toMatchObject({ file: null, choices: draft.choices });
});

test("a draft knows its own file by name and size", async () => {
  const { isOf } = await otherTab();
  const draft = draftNamed("fox.mp4", 4);
  expect(isOf(new File([new Uint8Array(4)], "fox.mp4"), draft)).toBe(true);
  expect(isOf(new File([new Uint8Array(5)], "fox.mp4"), draft)).toBe(false);
  expect(isOf(new File([new Uint8Array(4)], "cat.mp4"), draft)).toBe(false);
});

test("no more than twenty are kept, and a forgotten one is not", async () => {
  const { keepDraft, dropDraft, draftOf } = await otherTab();
  for (let job = 0; job < 22; job += 1) await keepDraft(`job-${job}`, draftNamed("fox.mp4", 4));
  expect(kept.size).toBe(20);
  await dropDraft("job-21");
  expect(await draftOf("job-21")).toBeNull();
});
