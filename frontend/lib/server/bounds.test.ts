import { expect, it } from "vitest";
import { beyondBounds } from "./bounds";

const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, 0]));

const FILE = "this is the file itself, not its address";

it.each([
  [fields(101), "101 fields, of which at most 100 are looked at"],
  [{ outputs: Array(201).fill(0) }, "outputs: more than 200 values"],
  [{ subject_points: Array(51).fill([1, 1, 1]) }, "subject_points: more than 200 values"],
  [{ video_base64: Array(201).fill(0) }, "video_base64: more than 200 values"],
  [{ seed: fields(101) }, "seed: more than 200 values"],
  [{ outputs: nested(9) }, "outputs: more than 8 lists in each other"],
  [{ outputs: [{ a: "x".repeat(8193) }] }, "outputs: a text of more than 8192 characters"],
  [{ outputs: { ["x".repeat(8193)]: 0 } }, "outputs: a text of more than 8192 characters"],
  [{ video_url: `https://${"x".repeat(8193)}` }, "video_url: a text of more than 8192 characters"],
  [{ video_url: "data:video/mp4;base64,AAAA" }, `video_url: ${FILE}; send it as video_base64`],
  [{ mesh_url: "A".repeat(8193) }, `mesh_url: ${FILE}; send it as mesh_base64`],
])("of case %#: what is too large", (input, problem) => {
  expect(beyondBounds(input)).toBe(problem);
});

it.each([
  [fields(100)],
  [{ outputs: Array(200).fill(0), subject_points: nested(8), seed: null }],
  [{ video_url: "x".repeat(8192), video_base64: "x".repeat(9_000_000) }],
  [{ unknown: Array(1000).fill(0), other_url: "data:,x" }], // which the schema refuses by their names
])("case %# is within the bounds", (input) => {
  expect(beyondBounds(input)).toBeNull();
});
