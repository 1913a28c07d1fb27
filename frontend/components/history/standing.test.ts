import { expect, test } from "vitest";
import { IDLE } from "@/lib/job/state";
import { standingOf } from "./standing";

const RUNNING = {
  ...IDLE,
  phase: { name: "running", progress: { stage: "track", index: 1, of: 2, percent: 41.6, etaS: null } },
} as const;

test("a job that has ended is told by the list alone", () => {
  expect(standingOf({ end: "expired" }, null)).toEqual({ words: "No longer kept", kind: "gone" });
  expect(standingOf({ end: "done" }, RUNNING)).toEqual({ words: "Done", kind: "done" });
});

test("one that runs is told by its state", () => {
  expect(standingOf({ end: null }, RUNNING)).toEqual({ words: "42 %", kind: "live" });
  const cold = { ...IDLE, phase: { name: "cold", sinceMs: 0 } } as const;
  expect(standingOf({ end: null }, cold).words).toBe("Waiting for a worker");
  expect(standingOf({ end: null }, { ...IDLE, phase: { name: "cancelled" } }).words).toBe("Cancelled");
  expect(standingOf({ end: null }, { ...IDLE, connection: "lost" }).words).toBe("No answer");
});
