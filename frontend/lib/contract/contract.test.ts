import { readFile } from "node:fs/promises";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { CONTRACT, copyOf, FACTS, typesOf } from "../../scripts/contract.mjs";
import type { Request } from "./request";

const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

describe.each(CONTRACT)("the types of the $name", (entry) => {
  it("are those of the worker's schema", async () => {
    expect(await readFile(entry.types, "utf8")).toBe(await typesOf(entry));
  });

  it("lie beside a copy of it", async () => {
    expect(await readFile(entry.copy, "utf8")).toBe(await copyOf(entry));
  });
});

it("has a copy of the worker's facts", async () => {
  expect(await readFile(FACTS.copy, "utf8")).toBe(await readFile(FACTS.source, "utf8"));
});

describe("the request's schema", async () => {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats(ajv);
  const entry = CONTRACT.find(({ name }) => name === "request");
  const accepts = ajv.compile(await json(entry?.schema ?? ""));

  it("accepts test_input.json", async () => {
    const { input } = await json(new URL("../../../test_input.json", import.meta.url).pathname);
    accepts(input);
    expect(accepts.errors).toBeNull();
  });

  it.each([31, "auto"] as const)("accepts what the types allow, %s frames", (num_frames) => {
    const request: Request = {
      video_url: "https://example.com/clip.mp4",
      mode: "fast",
      num_frames,
      subject_box: [0.1, 0.2, 0.8, 0.9],
      subject_points: [[0.5, 0.5, true]],
      outputs: ["meshes", "archive"],
      mesh_url: "https://example.com/model.glb",
    };
    accepts(request);
    expect(accepts.errors).toBeNull();
  });

  it.each([
    ["an unknown field", { video_url: "https://example.com/a.mp4", frames: 16 }],
    ["no video", { mode: "fast" }],
    ["two videos", { video_url: "https://example.com/a.mp4", video_base64: "AAAA" }],
    [
      "two meshes",
      { video_url: "https://example.com/a.mp4", mesh_url: "https://a.com/", mesh_base64: "AAAA" },
    ],
    ["a mesh alone", { mesh_url: "https://example.com/model.glb" }],
    ["too many frames", { video_url: "https://example.com/a.mp4", num_frames: 227 }],
    ["any other word for frames", { video_url: "https://example.com/a.mp4", num_frames: "all" }],
    ["a box outside of the picture", { video_url: "https://example.com/a.mp4", subject_box: [0, 0, 1.5, 1] }],
  ])("refuses %s", (_, request) => {
    expect(accepts(request)).toBe(false);
  });
});
