import { expect, test } from "vitest";
import type { Entry } from "@/lib/history";
import { expectedTime } from "./expected";

const done: Entry = {
  id: "a",
  name: "camel",
  mode: "default",
  createdAt: 1,
  engine: "silhouette",
  secondsPerFrame: 0.25,
  end: "done",
};

test("without a job of the mode nothing is said", () => {
  expect(expectedTime("default", 16, [])).toBe("");
  expect(expectedTime("fast", 31, [done])).toBe("");
});

test("where there is one it is as that was", () => {
  const newest = { ...done, id: "b", secondsPerFrame: 2 };
  const { secondsPerFrame: _, ...started } = done;
  const running: Entry = { ...started, id: "c", end: null };
  expect(expectedTime("default", 31, [running, newest, done])).toBe(
    "Takes about 60 s, as your last job of this quality did.",
  );
  expect(expectedTime("default", 226, [done])).toContain("55 s");
});
