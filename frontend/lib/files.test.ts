// @vitest-environment happy-dom
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { File, Result } from "@/lib/contract/result";
import { sampleResult } from "@/test/samples";
import { saveAs, saveFile, saveZip, zipResult } from "./files";

function file(name: string, text = name): File {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name, url: `https://s3.example.com/${name}?signature=secret`, bytes: text.length, sha256 };
}

function resultOf(): Result {
  const meshes = [file("mesh_000.glb"), file("mesh_001.glb")];
  const noRoom = { ...file("preview.mp4"), url: null };
  const files = {
    meshes,
    animated_mesh: file("animated_mesh.glb"),
    preview: noRoom,
    archive: file("archive.zip"),
  };
  return {
    ...sampleResult(),
    files: { ...files, masks: [file("mask_000.png")] },
    expires_at: "2026-01-01T00:00:00Z",
  };
}

let atOnce = 0;
let mostAtOnce = 0;

beforeEach(() => {
  vi.stubGlobal("fetch", async (url: string) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((done) => setTimeout(done, 1));
    atOnce -= 1;
    return new Response(new URL(url).pathname.slice(1));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function unzipped(blob: Blob): Promise<Record<string, string>> {
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );
}

test("the zip has all files that have an address, in order, and result.json", async () => {
  const files = await unzipped(await zipResult(resultOf(), "Camel.mp4"));
  expect(Object.keys(files)).toEqual([
    "meshes/camel-mesh-000.glb",
    "meshes/camel-mesh-001.glb",
    "camel-animated-mesh.glb",
    "masks/camel-mask-000.png",
    "result.json",
  ]);
  expect(files["camel-animated-mesh.glb"]).toBe("animated_mesh.glb");
});

test("result.json in it names places in the zip, and holds no link", async () => {
  const files = await unzipped(await zipResult(resultOf(), "camel"));
  const told = JSON.parse(files["result.json"] ?? "") as Result;
  expect(told.files.meshes[0]?.url).toBe("meshes/camel-mesh-000.glb");
  expect([told.files.preview?.url, told.files.archive, told.storage, told.expires_at]).toEqual([
    null,
    null,
    "local",
    null,
  ]);
  expect(files["result.json"]).not.toMatch(/secret|https/);
});

test("it tells how far it is, and fetches four at a time", async () => {
  const told: number[] = [];
  mostAtOnce = 0;
  const meshes = Array.from({ length: 12 }, (_, index) => file(`mesh_${String(index).padStart(3, "0")}.glb`));
  const result = resultOf();
  await zipResult({ ...result, files: { ...result.files, meshes } }, "camel", (percent) =>
    told.push(percent),
  );
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBeCloseTo(100);
  expect(mostAtOnce).toBe(4);
});

test("a file that does not come ends it, with what was wrong", async () => {
  const result = resultOf();
  const damaged = { ...file("animated_mesh.glb"), sha256: "0".repeat(64) };
  const zipping = zipResult({ ...result, files: { ...result.files, animated_mesh: damaged } }, "camel");
  await expect(zipping).rejects.toMatchObject({ error: { code: "FILE_DAMAGED" } });
});

test("what is saved has a name that makes sense", async () => {
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(`${this.download} ${this.href.slice(0, 5)}`);
  });
  await saveFile(file("animated_mesh.glb"), "Camel.mp4");
  await saveZip(resultOf(), "Camel.mp4");
  saveAs(new Blob(["x"]), "x.png");
  expect(saved).toEqual(["camel-animated-mesh.glb blob:", "camel.zip blob:", "x.png blob:"]);
});
