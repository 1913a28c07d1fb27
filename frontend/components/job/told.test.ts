import { expect, test } from "vitest";
import { IDLE, type Phase } from "@/lib/job/state";
import { toldOf } from "./told";

const NONE = { ready: 0, running: 0, initializing: 0, throttled: 0, queued: 1 };
const told = (phase: Phase, workers?: Partial<typeof NONE>) =>
  toldOf({ ...IDLE, id: "job-1", phase }, workers && { ...NONE, ...workers });
const QUEUED: Phase = { name: "queued", sinceMs: 0 };
const COLD: Phase = { name: "cold", sinceMs: 0 };

test("what a job waits for is told as far as it is known", () => {
  expect(told(QUEUED)).toEqual({ title: "Waiting for a worker" });
  expect(told(QUEUED, { running: 1, queued: 3 })).toEqual({
    title: "Waiting for a worker",
    detail: "One worker is at work. 3 jobs wait, this one among them.",
  });
  expect(told(COLD).title).toBe("A worker is starting");
  expect(told(COLD, { initializing: 1, throttled: 2 }).title).toBe("A worker is starting");
  expect(told(COLD, { throttled: 2 }).title).toBe("No GPU is free at the moment");
  expect(told(COLD, { running: 2, throttled: 2 })).toEqual({
    title: "Waiting for a worker",
    detail: "2 workers are at work.",
  });
});

test("a running job is told by its stage", () => {
  expect(told({ name: "running", progress: null }).title).toBe("Starting the job");
  const progress = { stage: "stage_1", index: 12, of: 30, percent: 57, etaS: 140 };
  expect(told({ name: "running", progress }).detail).toBe("12 of 30");
});
