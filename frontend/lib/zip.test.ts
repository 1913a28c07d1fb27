import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { zipOf, zipTexts } from "./zip";

test("files come out as they went in, stored, with names in any script", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256);
  const zip = await zipOf([
    ["meshes/らくだ-000.glb", new Blob([bytes])],
    ["empty.txt", new Blob([])],
  ]);
  expect(zip.type).toBe("application/zip");
  expect(zip.size).toBeGreaterThan(bytes.length);
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(Object.keys(files)).toEqual(["meshes/らくだ-000.glb", "empty.txt"]);
  expect(files["meshes/らくだ-000.glb"]).toEqual(bytes);
});

test("texts are compressed, with a pause after each", async () => {
  let pauses = 0;
  const text = "v 0.1 0.2 0.3\n".repeat(5000);
  const files = ["frame_000.obj", "frame_001.obj"].map((name) => [name, new Blob([text])] as const);
  const blob = await zipTexts(files, async () => {
    pauses += 1;
  });
  const found = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  expect(Object.entries(found).map(([name, bytes]) => [name, strFromU8(bytes) === text])).toEqual([
    ["frame_000.obj", true],
    ["frame_001.obj", true],
  ]);
  expect(blob.size).toBeLessThan(text.length / 10);
  expect(pauses).toBe(2);
});
