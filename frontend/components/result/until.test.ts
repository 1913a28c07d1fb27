import { expect, test } from "vitest";
import { wholeResult } from "./sample";
import { untilOf } from "./until";

const NOW = Date.parse("2030-05-01T12:00:00Z");

test("the end of links is told, and that they have ended", () => {
  const result = { ...wholeResult(), storage: "s3" } as const;
  expect(untilOf({ ...result, expires_at: "2030-05-02T12:00:00+00:00" }, NOW)).toMatch(
    /^The links to the files work until 2 May 2030, \d\d:00\.$/,
  );
  expect(untilOf({ ...result, expires_at: "2030-05-01T11:59:59Z" }, NOW)).toMatch(/have ended/);
  expect(untilOf({ ...result, expires_at: null }, NOW)).toBeNull();
});

test("without a bucket it is RunPod's half hour", () => {
  expect(untilOf({ ...wholeResult(), storage: "inline" }, NOW)).toMatch(/half an hour/);
});
