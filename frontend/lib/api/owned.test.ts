// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
  vi.resetModules();
});

test("what came with a job's id outlives the tab", async () => {
  (await import("./owned")).keepOwner("job-1", "token-1");
  vi.resetModules();
  const { ownerOf } = await import("./owned");
  expect([ownerOf("job-1"), ownerOf("job-2")]).toEqual(["token-1", undefined]);
});

test("without room in the browser's storage it lasts as long as the tab", async () => {
  const { keepOwner, ownerOf } = await import("./owned");
  keepOwner("job-1", "token-1");
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  keepOwner("job-2", "token-2");
  expect([ownerOf("job-1"), ownerOf("job-2")]).toEqual(["token-1", "token-2"]);
});

test("what is damaged in the storage is passed over", async () => {
  localStorage.setItem("actionmesh.owned", '[["job-1"],7,["job-2","token-2"]]');
  const { ownerOf } = await import("./owned");
  expect([ownerOf("job-1"), ownerOf("job-2")]).toEqual([undefined, "token-2"]);
});
