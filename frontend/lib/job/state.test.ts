import { expect, test } from "vitest";
import type { JobView, Progress } from "@/lib/api/types";
import { sampleResult } from "@/test/samples";
import { COLD_AFTER_MS, IDLE, isOver, type JobEvent, type JobState, reduce } from "./state";

const ID = "job-1";
const result = sampleResult();
const error = { code: "SUBJECT_NOT_FOUND", message: "No subject was found." };

function progressAt(percent: number): Progress {
  return { stage: "masks", index: 1, of: 4, percent, etaS: null };
}

function view(status: JobView["status"], more: Partial<JobView> = {}, nowMs = 0): JobEvent {
  return { type: "view", view: { id: ID, status, ...more }, nowMs };
}

function after(...events: JobEvent[]): JobState {
  return events.reduce(reduce, reduce(IDLE, { type: "opened", id: ID }));
}

const running = view("IN_PROGRESS", { progress: progressAt(10) });

test("from the studio to the result", () => {
  const names: string[] = [];
  let state = IDLE;
  const events: JobEvent[] = [
    { type: "prepare", phase: { name: "validating" } },
    { type: "prepare", phase: { name: "trimming", percent: 50 } },
    { type: "prepare", phase: { name: "uploading", percent: 10 } },
    { type: "prepare", phase: { name: "submitting" } },
    { type: "submitted", id: ID, nowMs: 5 },
    view("IN_QUEUE"),
    running,
    view("COMPLETED", { result }),
  ];
  for (const event of events) {
    state = reduce(state, event);
    names.push(state.phase.name);
  }
  const prepared = ["validating", "trimming", "uploading", "submitting"];
  expect(names).toEqual([...prepared, "queued", "queued", "running", "done"]);
});

test("a job that waits longer than 20 s waits for a GPU", () => {
  const waiting = after(view("IN_QUEUE", {}, 1000));
  expect(waiting.phase).toEqual({ name: "queued", sinceMs: 1000 });
  expect(reduce(waiting, { type: "tick", nowMs: 1000 + COLD_AFTER_MS - 1 }).phase.name).toBe("queued");
  const cold = reduce(waiting, { type: "tick", nowMs: 1000 + COLD_AFTER_MS });
  expect(cold.phase).toEqual({ name: "cold", sinceMs: 1000 });
  expect(reduce(cold, view("IN_QUEUE", {}, 99_000)).phase).toEqual({ name: "cold", sinceMs: 1000 });
});

test("after a reload the wait counts from when the job was submitted", () => {
  const event: JobEvent = {
    type: "view",
    view: { id: ID, status: "IN_QUEUE" },
    nowMs: 60_000,
    submittedMs: 30_000,
  };
  expect(after(event).phase).toEqual({ name: "cold", sinceMs: 30_000 });
});

test("a job whose worker was lost waits anew", () => {
  const state = after(running, view("IN_QUEUE", { retries: 1 }, 70_000));
  expect(state).toMatchObject({ phase: { name: "queued", sinceMs: 70_000 }, retries: 1 });
});

test("a running job without a report keeps the last one", () => {
  expect(after(view("IN_PROGRESS")).phase).toEqual({ name: "running", progress: null });
  expect(after(running, view("IN_PROGRESS")).phase).toMatchObject({ progress: { percent: 10 } });
});

test.each([
  ["COMPLETED", { result }, { name: "done", result }],
  ["FAILED", { error }, { name: "failed", error }],
  ["CANCELLED", {}, { name: "cancelled" }],
  ["TIMED_OUT", {}, { name: "timed_out" }],
] as const)("%s is an end", (status, more, phase) => {
  const state = after(running, view(status, more));
  expect(state.phase).toEqual(phase);
  expect(isOver(state.phase)).toBe(true);
});

test("an end without what belongs to it is a failure with a code", () => {
  expect(after(view("COMPLETED")).phase).toMatchObject({ name: "failed", error: { code: "RESULT_LOST" } });
  expect(after(view("FAILED")).phase).toMatchObject({ name: "failed", error: { code: "WORKER_FAILED" } });
});

test("after an end nothing changes", () => {
  const done = after(view("COMPLETED", { result }));
  const events: JobEvent[] = [
    running,
    view("FAILED", { error }),
    { type: "trouble", error, lost: true, retryAtMs: 1 },
    { type: "refused", error },
    { type: "cancel" },
    { type: "tick", nowMs: 1e9 },
    { type: "restored", id: ID, result },
  ];
  for (const event of events) expect(reduce(done, event)).toBe(done);
});

test("what is said of another job is ignored", () => {
  const state = after(running);
  expect(reduce(state, { type: "view", view: { id: "other", status: "FAILED" }, nowMs: 0 })).toBe(state);
  expect(reduce(state, { type: "restored", id: "other", result })).toBe(state);
  expect(reduce(IDLE, running)).toBe(IDLE);
});

test("a cancelled job stays so until it has ended", () => {
  const cancelling = after(running, { type: "cancel" });
  expect(cancelling.phase.name).toBe("cancelling");
  expect(reduce(cancelling, running).phase.name).toBe("cancelling");
  expect(reduce(cancelling, { type: "cancel" })).toBe(cancelling);
  expect(reduce(cancelling, view("CANCELLED")).phase).toEqual({ name: "cancelled" });
  expect(reduce(cancelling, view("COMPLETED", { result })).phase.name).toBe("done"); // it was too late
});

test("a cancel that fails leaves the job as it goes on", () => {
  const further = view("IN_PROGRESS", { progress: progressAt(40) });
  const failed = after(running, { type: "cancel" }, further, { type: "cancel_failed", error });
  expect(failed).toMatchObject({ phase: { name: "running", progress: { percent: 40 } }, cancelError: error });
  expect(reduce(failed, { type: "cancel" }).cancelError).toBeNull();
});

test("a lost connection leaves the phase, and ends with the next answer", () => {
  const once = after(running, { type: "trouble", error, lost: false, retryAtMs: 5 });
  expect(once).toMatchObject({ connection: "ok", trouble: error, phase: { name: "running" } });
  const lost = reduce(once, { type: "trouble", error, lost: true, retryAtMs: 9 });
  expect(lost).toMatchObject({ connection: "lost", retryAtMs: 9, phase: { name: "running" } });
  expect(reduce(lost, running)).toMatchObject({ connection: "ok", retryAtMs: null, trouble: null });
});

test("a job that RunPod no longer has is expired, unless it was kept", () => {
  const gone: JobEvent = { type: "refused", error: { code: "JOB_EXPIRED", message: "gone" } };
  expect(after(gone).phase).toEqual({ name: "expired" });
  expect(after({ type: "restored", id: ID, result }, gone).phase).toEqual({ name: "done", result });
  expect(after({ type: "refused", error }).phase).toEqual({ name: "failed", error });
});

test("another job starts from nothing", () => {
  const lost = after(running, { type: "trouble", error, lost: true, retryAtMs: 9 });
  expect(reduce(lost, { type: "opened", id: "next" })).toEqual({
    ...IDLE,
    id: "next",
    phase: { name: "asking" },
  });
  expect(reduce(lost, { type: "reset" })).toBe(IDLE);
  expect(reduce(lost, { type: "prepare", phase: { name: "submitting" } })).toBe(lost);
});
