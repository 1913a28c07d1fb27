// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancelJob, getJob } from "@/lib/api/client";
import { failure } from "@/lib/api/failure";
import type { JobView } from "@/lib/api/types";
import { find, loadResult, remember } from "@/lib/history";
import { sampleResult } from "@/test/samples";
import { type TestSurroundings, testSurroundings } from "./testSurroundings";
import { type Job, useJob } from "./useJob";
import { setWanted } from "./wanted";

vi.mock("@/lib/api/client", { spy: true });
vi.mock("@/lib/history", { spy: true });

const ID = "job-1";
const RUNNING: JobView = {
  id: ID,
  status: "IN_PROGRESS",
  progress: { stage: "masks", index: 1, of: 4, percent: 20, etaS: 12 },
};

let around: TestSurroundings;
let root: Root;
const seen: Record<string, Job> = {};

function Follower({ id }: { id: string }) {
  seen[id] = useJob(id, { around });
  return null;
}

async function show(...ids: string[]) {
  await act(async () => root.render(ids.map((id) => createElement(Follower, { key: id, id }))));
}

function pass(ms: number) {
  return act(() => around.pass(ms));
}

function phase(id = ID) {
  return seen[id]?.state.phase;
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  localStorage.clear();
  sessionStorage.clear();
  around = testSurroundings();
  root = createRoot(document.createElement("div"));
  vi.mocked(loadResult).mockResolvedValue(null);
  vi.mocked(getJob).mockResolvedValue(RUNNING);
});

afterEach(async () => {
  await act(async () => root.unmount());
  vi.resetAllMocks();
});

test("a job is followed to its result, which the history notes", async () => {
  remember({ id: ID, name: "camel", mode: "fast", createdAt: around.nowMs() });
  vi.mocked(getJob).mockResolvedValueOnce({ id: ID, status: "IN_QUEUE" });
  await show(ID);
  expect(phase()).toMatchObject({ name: "queued", sinceMs: around.nowMs() });
  await pass(1000);
  expect(phase()).toEqual({ name: "running", progress: RUNNING.progress });
  vi.mocked(getJob).mockResolvedValue({ id: ID, status: "COMPLETED", result: sampleResult() });
  await pass(1000);
  expect(phase()?.name).toBe("done");
  expect(find(ID)).toMatchObject({ end: "done", engine: "silhouette" });
  expect(find(ID)?.secondsPerFrame).toBeUndefined(); // an older worker did not say

  const calls = vi.mocked(getJob).mock.calls.length;
  await pass(100_000);
  expect(getJob).toHaveBeenCalledTimes(calls);
});

test("the history notes what a frame took, unless the result was there before", async () => {
  for (const [id, cached] of [
    ["job-worked", false],
    ["job-cached", true],
  ] as const) {
    remember({ id, name: "camel", mode: "fast", createdAt: around.nowMs() });
    const result = {
      ...sampleResult(),
      seconds_per_frame: 0.04,
      timings_s: { fetch: 0.5, track: 1.5 },
      cached,
    };
    vi.mocked(getJob).mockResolvedValue({ id, status: "COMPLETED", result });
    await show(id);
    await pass(1000);
  }
  expect(find("job-worked")?.secondsPerFrame).toBe(1); // 2 s of 2 frames
  expect(find("job-cached")?.secondsPerFrame).toBeUndefined();
});

test("a kept result is shown without asking, and let go at the end", async () => {
  const release = vi.fn();
  vi.mocked(loadResult).mockResolvedValue({ result: sampleResult(), release });
  await show(ID);
  expect(phase()).toEqual({ name: "done", result: sampleResult() });
  expect(getJob).not.toHaveBeenCalled();
  await show();
  expect(release).toHaveBeenCalledOnce();
});

test("where a kept result's links have ended new ones are asked for", async () => {
  const kept = { ...sampleResult(), expires_at: new Date(around.nowMs() - 1).toISOString() };
  const fresh = { ...sampleResult(), seed: 45 };
  vi.mocked(loadResult).mockResolvedValue({ result: kept, release: () => undefined });
  vi.mocked(getJob).mockResolvedValueOnce({ id: ID, status: "COMPLETED", result: fresh });
  await show(ID);
  expect(phase()).toEqual({ name: "done", result: fresh });
  await show();
  vi.mocked(getJob).mockRejectedValueOnce(failure("JOB_EXPIRED", "gone"));
  await show(ID);
  expect(phase()).toEqual({ name: "done", result: kept });
});

test("a hidden page asks on where its end is to be told", async () => {
  await show(ID);
  around.hide();
  await pass(60_000);
  const calls = vi.mocked(getJob).mock.calls.length;
  setWanted(ID, true);
  await act(() => around.online());
  await pass(60_000);
  expect(vi.mocked(getJob).mock.calls.length).toBeGreaterThan(calls + 3);
});

test("a wait becomes that for a GPU after 20 s, between two answers too", async () => {
  vi.mocked(getJob).mockResolvedValue({ id: ID, status: "IN_QUEUE" });
  await show(ID);
  await pass(19_999);
  expect(phase()?.name).toBe("queued");
  await pass(1);
  expect(phase()?.name).toBe("cold");
});

test("a reload counts the wait from the job's start", async () => {
  remember({ id: ID, name: "camel", mode: "fast", createdAt: around.nowMs() - 60_000 });
  vi.mocked(getJob).mockResolvedValue({ id: ID, status: "IN_QUEUE" });
  await show(ID);
  expect(phase()?.name).toBe("cold");
});

test("a job can be cancelled", async () => {
  await show(ID);
  vi.mocked(cancelJob).mockResolvedValue(RUNNING);
  await act(async () => seen[ID]?.cancel());
  expect(phase()?.name).toBe("cancelling");
  vi.mocked(getJob).mockResolvedValue({ id: ID, status: "CANCELLED" });
  await pass(1000);
  expect(phase()?.name).toBe("cancelled");
});

test("why it could not be cancelled is told", async () => {
  await show(ID);
  vi.mocked(cancelJob).mockRejectedValue(failure("KEY_REQUIRED", "a key"));
  await act(async () => seen[ID]?.cancel());
  expect(seen[ID]?.state).toMatchObject({
    phase: { name: "running" },
    cancelError: { code: "KEY_REQUIRED" },
  });
});

test("a lost connection is told, and a press tries again", async () => {
  vi.mocked(getJob).mockRejectedValue(failure("NO_CONNECTION", "no"));
  await show(ID);
  await pass(20_000);
  expect(seen[ID]?.state).toMatchObject({ connection: "lost", phase: { name: "asking" } });
  vi.mocked(getJob).mockResolvedValue(RUNNING);
  await act(async () => seen[ID]?.retryNow());
  expect(seen[ID]?.state).toMatchObject({ connection: "ok", phase: { name: "running" } });
});

test("a job that is gone is expired", async () => {
  remember({ id: ID, name: "camel", mode: "fast" });
  vi.mocked(getJob).mockRejectedValue(failure("JOB_EXPIRED", "gone"));
  await show(ID);
  expect(phase()).toEqual({ name: "expired" });
  expect(find(ID)?.end).toBe("expired");
});

test("several jobs are several hooks, and each ends with its page", async () => {
  vi.mocked(getJob).mockImplementation(async (id) => ({ ...RUNNING, id }));
  await show("a", "b");
  expect([phase("a")?.name, phase("b")?.name]).toEqual(["running", "running"]);
  await show("b");
  vi.mocked(getJob).mockClear();
  await pass(1000);
  expect(vi.mocked(getJob).mock.calls.map(([id]) => id)).toEqual(["b"]);
});
