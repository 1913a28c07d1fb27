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

test("without a job of the mode it is Meta's time for 16 frames, for each window", () => {
  expect(expectedTime("default", 16, [])).toBe("Takes about 75 s to 2 minutes with ActionMesh on an H100.");
  expect(expectedTime("default", 121, [])).toBe("Takes about 11 to 17 minutes with ActionMesh on an H100.");
  expect(expectedTime("fast", 31, [done])).toBe("Takes about 90 s with ActionMesh on an H100.");
  expect(expectedTime("low_ram", 16, [])).toBe("");
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
