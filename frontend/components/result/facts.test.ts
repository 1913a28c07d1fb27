import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { factsOf, titleOf } from "./facts";
import { wholeResult } from "./sample";

test("facts in words", () => {
  expect(factsOf(wholeResult())).toEqual([
    { name: "Frames", value: "16" },
    { name: "Speed", value: "7.66 frames/s" },
    { name: "Vertices", value: "7,992" },
    { name: "Faces", value: "15,980" },
    { name: "Engine", value: "Silhouette (2.5D)" },
    { name: "Seed", value: "44" },
    { name: "Made in", value: "7.5 s" },
    { name: "From", value: "512 × 384, 2 s" },
  ]);
});

test("a rig says how near it comes", () => {
  const rigged_mesh_info = { bones: 32, correctives: 8, rms: 0.00081, p99: 0.0029, max: 0.0093 };
  expect(factsOf({ ...wholeResult(), rigged_mesh_info })).toContainEqual({
    name: "Rig",
    value: "32 joints, error 0.08 %, at most 0.93 %",
  });
});

test("actionmesh names its quality", () => {
  const facts = factsOf({ ...wholeResult(), engine: "actionmesh", mode: "fast", fps: 8, cached: true });
  expect(facts).toContainEqual({ name: "Quality", value: "Fast" });
  expect(facts).toContainEqual({ name: "Speed", value: "8 frames/s" });
  expect(facts).toContainEqual({ name: "Made", value: "Earlier" });
});

test("colours from the video say how much of them was seen, and what the rest is", () => {
  const texture = { seen: 0.412, mirrored: 0.3, guessed: 0.288, overlap: 0.93, disagreement: 2.5 };
  expect(factsOf({ ...wholeResult(), texture })).toContainEqual({
    name: "Colour",
    value: "From the video: 41 % seen, 30 % mirrored, 29 % guessed",
  });
  expect(factsOf({ ...wholeResult(), texture: { ...texture, mirrored: 0 } })).toContainEqual({
    name: "Colour",
    value: "From the video: 41 % seen, 29 % guessed",
  });
  expect(factsOf(wholeResult()).map(({ name }) => name)).not.toContain("Colour");
});

test("warnings of the mesh itself have headings, those of its delivery have none", () => {
  const root = fileURLToPath(new URL("../../../actionmesh_wrapper", import.meta.url));
  const codes = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .flatMap((name) => [...readFileSync(join(root, name), "utf8").matchAll(/Notice\(\s*"([A-Z_]+)"/g)])
    .map((match) => match[1] ?? "");
  const ofDelivery = new Set(codes.filter((code) => titleOf(code) === null));
  expect([...ofDelivery].sort()).toEqual([
    "BLENDER_FAILED",
    "FILES_LEFT_OUT",
    "FRAMES_COST_MORE",
    "MANY_KEYS",
    "OPTION_IGNORED",
    "OUTPUT_ADDED",
    "OUTPUT_LEFT_OUT",
    "PROGRAM_MISSING",
    "SMALLER_PROFILE",
    "SMALLER_TEXTURE",
    "TIMEOUT_NEAR",
  ]);
  expect(codes.some((code) => titleOf(code) !== null)).toBe(true);
});
