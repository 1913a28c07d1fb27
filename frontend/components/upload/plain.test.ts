import { expect, test } from "vitest";
import { KNOBS } from "@/lib/form";
import { plain } from "./plain";

test.each([
  ["Null is 30, in fast and fast_low_ram 15.", "Left empty it is 30, in fast and fast low ram 15."],
  ["From start_s on; null takes them evenly.", "From the start on; left empty it takes them evenly."],
  ["Null is the worker's MAX_FRAMES.", "Left empty it is the most that the worker allows."],
  ["Will do; false makes it anew.", "Will do; off makes it anew."],
  ["Is taken. Deprecated names: exact for standard.", "Is taken."],
])("%s", (said, told) => {
  expect(plain(said)).toBe(told);
});

test("no setting is told of in words that only a program knows", () => {
  for (const { description } of KNOBS) expect(plain(description)).not.toMatch(/\bnull\b|\bfalse\b|\w_\w/i);
});
