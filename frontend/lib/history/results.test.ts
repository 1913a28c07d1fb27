import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { File, Result } from "@/lib/contract/result";
import { sampleResult } from "@/test/samples";
import { load, loadThumbnail, remove, save, saveThumbnail } from "./results";
import { MOST_RESULTS } from "./room";
import type { Shelf } from "./shelf";
import { testShelf } from "./testShelf";

const SIZE = 1000; // bytes of each file
const content = (name: string) => Buffer.alloc(SIZE, name);

function file(name: string, url = `https://s3.example.com/${name}?signature=x`): File {
  const sha256 = createHash("sha256").update(content(name)).digest("hex");
  return { name, url, bytes: SIZE, sha256 };
}

function resultOf(more: Partial<Result["files"]> = {}, expires_at: string | null = null): Result {
  const sample = sampleResult();
  const files = {
    ...sample.files,
    animated_mesh: file("animated_mesh.glb"),
    poster: file("poster.png"),
    ...more,
  };
  return { ...sample, files, expires_at };
}

beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
    const { pathname } = new URL(String(url));
    return new Response(content(pathname.slice(1)));
  });
});
afterEach(() => vi.restoreAllMocks());

async function textAt(url: string | null | undefined): Promise<string> {
  vi.mocked(fetch).mockRestore();
  return (await fetch(url ?? "")).text();
}

test("a result outlives its links", async () => {
  const shelf = testShelf();
  expect(await save(shelf, "a", resultOf({}, "2026-01-02T00:00:00Z"))).toBe("kept");
  const kept = await load(shelf, "a", Date.parse("2026-01-03T00:00:00Z"));
  const files = kept?.result.files;
  expect(files?.animated_mesh?.url).toMatch(/^blob:/);
  expect(files?.meshes[0]?.url).toBeNull(); // it was not kept, and its link has ended
  expect(await textAt(files?.animated_mesh?.url)).toBe(String(content("animated_mesh.glb")));
  kept?.release();
  await expect(fetch(files?.poster?.url ?? "")).rejects.toThrow();
});

test("links that still work stay", async () => {
  const shelf = testShelf();
  await save(shelf, "a", resultOf({}, "2026-01-02T00:00:00Z"));
  const kept = await load(shelf, "a", Date.parse("2026-01-01T00:00:00Z"));
  expect(kept?.result.files.meshes[0]?.url).toBe("https://s3.example.com/mesh_000.glb");
  kept?.release();
});

test("what is kept is not fetched again, whether from the links or from the shelf", async () => {
  const shelf = testShelf();
  const result = resultOf();
  const twice = await Promise.all([save(shelf, "a", result), save(shelf, "a", result)]);
  expect([...twice, await save(shelf, "a", result)]).toEqual(["kept", "kept", "kept"]);
  const kept = await load(shelf, "a");
  expect(await save(shelf, "a", kept?.result ?? result)).toBe("kept");
  expect(fetch).toHaveBeenCalledTimes(2);
  kept?.release();
});

test("a file that cannot be fetched is tried the next time", async () => {
  const shelf = testShelf();
  vi.mocked(fetch).mockResolvedValueOnce(new Response("", { status: 403 }));
  expect(await save(shelf, "a", resultOf())).toBe("in part");
  expect([...shelf.things.keys()].sort()).toEqual(["a/poster.png", "a/result"]);
  expect(await save(shelf, "a", resultOf())).toBe("kept");
});

test("data: URLs are in the result, and are not kept beside it", async () => {
  const shelf = testShelf();
  const url = `data:model/gltf-binary;base64,${content("animated_mesh.glb").toString("base64")}`;
  await save(shelf, "a", resultOf({ animated_mesh: file("animated_mesh.glb", url), poster: null }));
  expect([...shelf.things.keys()]).toEqual(["a/result"]);
  const kept = await load(shelf, "a");
  expect(kept?.result.files.animated_mesh?.url).toBe(url);
});

test("where there is no room, the oldest results make it", async () => {
  const shelf = testShelf(4.5 * SIZE);
  await save(shelf, "a", resultOf(), 1);
  await save(shelf, "b", resultOf(), 2);
  expect(await save(shelf, "c", resultOf(), 3)).toBe("kept");
  expect([await load(shelf, "a"), (await load(shelf, "b")) !== null]).toEqual([null, true]);
});

test("what has no room even alone drives the others out, and is not kept", async () => {
  const shelf = testShelf(1.5 * SIZE);
  expect(await save(shelf, "a", resultOf())).toBe("no room");
  expect(await load(shelf, "a")).toBeNull();
});

test("another fault than a full disk drives nothing out", async () => {
  const shelf = testShelf();
  await save(shelf, "a", resultOf());
  const broken: Shelf = { ...shelf, put: () => Promise.reject(new DOMException("no", "DataCloneError")) };
  expect(await save(broken, "b", resultOf())).toBe("no room");
  expect(await load(shelf, "a")).not.toBeNull();
});

test("no more than 20 results are kept", async () => {
  const shelf = testShelf();
  for (let index = 0; index <= MOST_RESULTS; index++) await save(shelf, `job-${index}`, resultOf(), index);
  const kept = [...shelf.things.keys()].filter((name) => name.endsWith("/result"));
  expect(kept).toHaveLength(MOST_RESULTS);
  expect(await load(shelf, "job-0")).toBeNull();
});

test("what was made of a result counts as part of it, and goes with it", async () => {
  const shelf = testShelf();
  await save(shelf, "job-0", resultOf(), 0);
  for (let index = 1; index <= MOST_RESULTS; index++)
    await save(shelf, `job-0/form-${index}`, resultOf(), index);
  expect(await load(shelf, "job-0")).not.toBeNull();
  for (let index = 1; index <= MOST_RESULTS; index++)
    await save(shelf, `job-${index}`, resultOf(), 100 + index);
  expect([...shelf.things.keys()].filter((name) => name.startsWith("job-0/"))).toEqual([]);
});

test("removing takes all of a job, and none of one whose name begins alike", async () => {
  const shelf = testShelf();
  await save(shelf, "a", resultOf());
  await save(shelf, "a2", resultOf());
  await saveThumbnail(shelf, "a", new Blob(["png"]));
  await remove(shelf, "a");
  expect([...shelf.things.keys()].every((name) => name.startsWith("a2/"))).toBe(true);
  expect(shelf.things.size).toBe(3);
});

test("a job's picture is the player's, else its poster", async () => {
  const shelf = testShelf();
  expect(await loadThumbnail(shelf, "a")).toBeNull();
  await save(shelf, "a", resultOf());
  expect((await loadThumbnail(shelf, "a"))?.size).toBe(SIZE);
  await saveThumbnail(shelf, "a", new Blob(["png"]));
  expect((await loadThumbnail(shelf, "a"))?.size).toBe(3);
});

test("where the browser keeps nothing, nothing is thrown", async () => {
  const refuse = () => Promise.reject(new DOMException("no", "InvalidStateError"));
  const none: Shelf = { get: refuse, keys: refuse, put: refuse, remove: refuse };
  expect(await save(none, "a", resultOf())).toBe("no room");
  expect(await load(none, "a")).toBeNull();
  expect(await loadThumbnail(none, "a")).toBeNull();
  await saveThumbnail(none, "a", new Blob());
  await remove(none, "a");
});
