import { expect, it } from "vitest";
import { sampleResult } from "@/test/samples";
import { isResult, problemsOf } from "./contract";

const URL = "https://example.com/clip.mp4";

it.each([
  [{ video_url: URL }],
  [{ video_base64: "AAAA", mode: "fast", num_frames: "auto", subject_box: [0, 0, 1, 1], end_s: null }],
  [{ video_url: URL, mesh_url: null, outputs: ["animated_mesh"], subject_points: [[0.5, 0.5, true]] }],
])("takes %o", (input) => {
  expect(problemsOf(input)).toBeNull();
});

it.each([
  [{}, "give exactly one of video_url, video_base64, animation_url and animation_base64"],
  [
    { video_url: URL, video_base64: "AAAA" },
    "give exactly one of video_url, video_base64, animation_url and animation_base64",
  ],
  [{ video_url: URL, mesh_url: URL, mesh_base64: "AAAA" }, "give only one of mesh_url and mesh_base64"],
  [{ video_base64: "" }, "video_base64: must NOT have fewer than 1 characters"],
  [JSON.parse(`{"video_url": "${URL}", "__proto__": 0}`), "__proto__: unknown field"],
  [{ video_url: URL, num_frames: 999 }, "num_frames: must be <= 226, or auto"],
  [{ video_url: URL, num_frames: 16.5 }, "num_frames: must be integer, or auto"],
  [{ video_url: URL, num_frames: "16" }, "num_frames: must be integer, or auto"],
  [{ video_url: URL, num_frames: 0.5 }, "num_frames: must be integer, must be >= 16, or auto"],
  [
    { video_url: URL, mode: "slow" },
    /^mode: must be equal to one of the allowed values \(default, fast, .*\)$/,
  ],
  [{ video_url: URL, frames: 16 }, "frames: unknown field"],
  [{ video_url: "no address" }, 'video_url: must match format "uri"'],
  [{ video_url: URL, end_s: 0 }, "end_s: must be > 0"],
  [{ video_url: URL, subject_box: [0, 0, 2, 1] }, "subject_box.2: must be <= 1"],
  [{ video_url: URL, outputs: ["mesh"] }, /^outputs.0: must be equal to one of/],
  [{ video_url: URL, outputs: Array(33).fill("meshes") }, "outputs: must NOT have more than 32 items"],
  [{ video_url: URL, outputs: Array(201).fill(0) }, "outputs: more than 200 values"],
  [{ video_url: URL, seed: -1, fps: 500 }, "fps: must be <= 120; seed: must be >= 0"],
])("of %o says what is wrong", (input, problems) => {
  if (typeof problems === "string") expect(problemsOf(input)).toBe(problems);
  else expect(problemsOf(input)).toMatch(problems);
});

it("repeats no value", () => {
  expect(problemsOf({ video_url: "secret value", mode: "secret value" })).not.toContain("secret");
});

it("names the first of many problems", () => {
  const unknown = Object.fromEntries(Array.from({ length: 90 }, (_, number) => ["x".repeat(99) + number, 0]));
  const problems = problemsOf({ video_url: URL, outputs: Array(200).fill(0), ...unknown }) ?? "";
  expect(problems).toMatch(/; and \d+ more$/);
  expect(problems.length).toBeLessThan(5000);
});

it("takes a result, a newer worker's too", () => {
  expect(isResult(sampleResult())).toBe(true);
  expect(isResult({ ...sampleResult(), new_field: 1 })).toBe(true);
});

it.each([[null], [{}], ["done"], [{ ...sampleResult(), files: null }]])(
  "does not take %o for a result",
  (output) => {
    expect(isResult(output)).toBe(false);
  },
);
