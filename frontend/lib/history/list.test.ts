// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { add, find, list, MOST, remove, subscribe, update } from "./list";

const job = (id: string) => ({ id, name: `clip ${id}`, mode: "fast" as const, createdAt: 1 });

beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A browser with room for so many characters. */
function withRoomFor(characters: number) {
  let stored: string | null = null;
  vi.stubGlobal("localStorage", {
    getItem: () => stored,
    setItem: (_: string, text: string) => {
      if (text.length > characters) throw new DOMException("full", "QuotaExceededError");
      stored = text;
    },
  });
}

test("the newest comes first, and a job is there once", () => {
  add(job("a"));
  add(job("b"));
  add({ ...job("a"), name: "again" });
  expect(list().map(({ id, name }) => `${id} ${name}`)).toEqual(["a again", "b clip b"]);
  expect(find("b")).toEqual({ ...job("b"), engine: null, end: null });
});

test("what is not told of a job is filled in", () => {
  vi.spyOn(Date, "now").mockReturnValue(77);
  add({ id: "a", name: "camel", mode: "default" });
  expect(find("a")).toMatchObject({ createdAt: 77, engine: null, end: null });
});

test("of more than 20 the oldest fall off, and are named", () => {
  for (let index = 0; index < MOST; index++) expect(add(job(String(index)))).toEqual([]);
  expect(add(job("new"))).toEqual(["0"]);
  expect(list()).toHaveLength(MOST);
});

test("the array is the same until something changes", () => {
  add(job("a"));
  const before = list();
  update("a", { end: null });
  update("nobody", { end: "done" });
  remove("nobody");
  expect(list()).toBe(before);
  update("a", { end: "done", engine: "silhouette" });
  expect(list()).not.toBe(before);
  expect(find("a")).toMatchObject({ end: "done", engine: "silhouette" });
});

test("listeners hear of changes here and in other tabs, until they end it", () => {
  const listener = vi.fn();
  const end = subscribe(listener);
  add(job("a"));
  remove("a");
  dispatchEvent(new StorageEvent("storage", { key: "actionmesh.history" }));
  dispatchEvent(new StorageEvent("storage", { key: "something.else" }));
  expect(listener).toHaveBeenCalledTimes(3);
  end();
  add(job("b"));
  expect(listener).toHaveBeenCalledTimes(3);
});

test.each(["{", '"text"', "null", '[{"id":1},{"id":"a"},null,{"id":"b","name":"b","mode":"slow"}]'])(
  "of what is damaged the rest is taken: %s",
  (text) => {
    localStorage.setItem("actionmesh.history", text);
    expect(list()).toEqual([]);
    add(job("a"));
    expect(list()).toHaveLength(1);
  },
);

test("where there is no room for all, the newest are kept", () => {
  withRoomFor(300);
  for (const id of ["a", "b", "c", "d", "e"]) add(job(id));
  expect(list().map(({ id }) => id)).toEqual(["e", "d", "c"]);
});

test("where nothing can be stored, the tab keeps the list", () => {
  withRoomFor(0);
  add(job("a"));
  add(job("b"));
  expect(list().map(({ id }) => id)).toEqual(["b", "a"]);
});
