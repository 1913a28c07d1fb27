import { expect, test } from "vitest";
import type { Capabilities } from "@/lib/api/types";
import { partBytes, planOf } from "./plan";

const INLINE: Capabilities = {
  uploads: "inline",
  maxVideoBytes: 100e6,
  maxInlineBytes: 7e6,
  needsKey: false,
  takesJobs: true,
  reachable: true,
};
const BUCKET: Capabilities = { ...INLINE, uploads: "bucket" };

test("a small file goes as it is, with a bucket or without", () => {
  expect(planOf(7e6, true, INLINE)).toBe("as-is");
  expect(planOf(1e5, false, BUCKET)).toBe("as-is");
});

test("a larger one is cut where the browser can, else uploaded", () => {
  expect(planOf(74e6, true, INLINE)).toBe("cut");
  expect(planOf(74e6, true, BUCKET)).toBe("cut");
  expect(planOf(74e6, false, BUCKET)).toBe("upload");
  expect(planOf(74e6, false, INLINE)).toBe("impossible");
});

test("the part's share of the bytes", () => {
  expect(partBytes(30e6, 2, 30)).toBe(2e6);
  expect(partBytes(30e6, 31, 30)).toBe(30e6);
  expect(partBytes(30e6, 2, 0)).toBe(30e6);
});
