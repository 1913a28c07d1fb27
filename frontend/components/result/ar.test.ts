import { expect, test } from "vitest";
import { arAddress } from "./ar";
import { wholeResult } from "./sample";

const FILE = {
  name: "animated_mesh.usdz",
  url: "https://b.example/a.usdz?sig=1",
  bytes: 1,
  sha256: "0".repeat(64),
};

test("Quick Look gets the USDZ, where others can have it", () => {
  const result = wholeResult();
  expect(arAddress(result, "quick-look")).toBeNull();
  expect(arAddress({ ...result, files: { ...result.files, usdz: FILE } }, "quick-look")).toBe(FILE.url);
  const inline = { ...FILE, url: "data:model/vnd.usdz+zip;base64,AA==" };
  expect(arAddress({ ...result, files: { ...result.files, usdz: inline } }, "quick-look")).toBeNull();
});

test("Scene Viewer gets a GLB that it can read, with its whole address", () => {
  const result = wholeResult();
  const address = arAddress(result, "scene-viewer") ?? "";
  const [, query = ""] =
    /^intent:\/\/arvr\.google\.com\/scene-viewer\/1\.0\?(.*)#Intent;.*;end;$/.exec(address) ?? [];
  expect(new URLSearchParams(query).get("file")).toBe(result.files.animated_mesh?.url);
  const compact = { ...result, animated_mesh_info: { profile: "compact", max_error: 0 } } as const;
  expect(arAddress(compact, "scene-viewer")).toBeNull();
});
