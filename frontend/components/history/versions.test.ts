import { expect, test } from "vitest";
import type { Entry } from "@/lib/history";
import { comparable, compareAddress, versionsOf } from "./versions";

const entry = (id: string, end: Entry["end"] = "done"): Entry => ({
  id,
  name: "camel",
  mode: "default",
  createdAt: 0,
  engine: null,
  end,
});
const CLIPS: Record<string, string> = { a: "camel.mp4 5", b: "fox.mp4 7", c: "camel.mp4 5" };
const grouped = (...entries: Entry[]) => versionsOf(entries, (id) => CLIPS[id]);

test("the jobs of one clip stand together, numbered from the oldest on", () => {
  const groups = grouped(entry("c"), entry("b"), entry("a"), entry("x"), entry("y"));
  expect(groups.map((group) => group.map((one) => `${one.entry.id}${one.number}`))).toEqual([
    ["c2", "a1"],
    ["b1"],
    ["x1"],
    ["y1"],
  ]);
});

test("two that are done can be compared", () => {
  const [group = []] = grouped(entry("c"), entry("a"));
  expect(comparable(group)?.map(({ entry: { id } }) => id)).toEqual(["a", "c"]);
  expect(comparable(grouped(entry("c", "failed"), entry("a"))[0] ?? [])).toBeNull();
  expect(compareAddress("a", "c")).toBe("/compare?first=a&second=c");
});
