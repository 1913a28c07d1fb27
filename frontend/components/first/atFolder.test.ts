import { expect, test } from "vitest";
import { wholeResult } from "@/components/result/sample";
import { atFolder } from "./atFolder";

test("files lie in the folder, those that are not there stay away", () => {
  const result = wholeResult();
  result.files.animated_mesh = { name: "a.glb", url: "a.glb", bytes: 1, sha256: "" };
  const { files } = atFolder(result, "/examples/fox");
  expect(files.animated_mesh?.url).toBe("/examples/fox/a.glb");
  expect(files.archive).toBeNull();
  expect(files.meshes[0]?.name).toBe("mesh_000.glb");
});
