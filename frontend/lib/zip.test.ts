import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { zipOf } from "./zip";

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
