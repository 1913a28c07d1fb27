import { expect, it } from "vitest";
import { isLight } from "./shape";

const bytes = (text: string) => new TextEncoder().encode(text);
const MANY = 3_200_000;

it.each([
  ["nothing", ""],
  ["a small body of anything", "[".repeat(64_000)],
  ["one long text", `{"input":{"video_base64":"${"A".repeat(9_800_000)}"}}`],
  ["two", `{"input":{"video_base64":"${"A".repeat(100_000)}","mesh_base64":"${"A".repeat(100_000)}"}}`],
  ["brackets in a text", `{"input":{"video_base64":"${"[0,".repeat(MANY)}"}}`],
  ["brackets after an escaped quote", `["\\"${"[0,".repeat(MANY)}"]`],
  ["a text of backslashes", `["${"\\".repeat(9_800_000)}"]`],
  ["a text that does not end", `["${"[".repeat(9_800_000)}`],
])("%s is light", (_what, json) => {
  expect(isLight(bytes(json))).toBe(true);
});

it.each([
  ["zeros", `{"outputs":[${"0,".repeat(MANY)}0]}`],
  ["lists", `[${"[],".repeat(MANY)}0]`],
  ["nesting", "[".repeat(9_800_000)],
  ["spaces", " ".repeat(9_800_000)],
  ["a number of a million digits", `[${"1".repeat(1_000_000)}]`],
  ["names", `{${'"":0,'.repeat(100_000)}"":0}`],
  ["texts", `[${'"",'.repeat(MANY)}""]`],
  ["escaped quotes", `["${'\\"'.repeat(MANY)}"]`],
  ["zeros after a text that ends in a backslash", `["\\\\",${"0,".repeat(MANY)}0]`],
  ["zeros after a long text", `["${"A".repeat(5_000_000)}",${"0,".repeat(100_000)}0]`],
])("many %s are not", (_what, json) => {
  expect(isLight(bytes(json))).toBe(false);
});
