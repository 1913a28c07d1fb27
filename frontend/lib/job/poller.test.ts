import { beforeEach, expect, test, vi } from "vitest";
import { ApiFailure } from "@/lib/api/failure";
import type { ApiError, JobView } from "@/lib/api/types";
import { type Ears, JITTER, LOST_AFTER, pauseMs, poll, SLOW_PAUSE_MS } from "./poller";
import { type TestSurroundings, testSurroundings } from "./testSurroundings";

const ID = "job-1";
const RUNNING: JobView = { id: ID, status: "IN_PROGRESS" };
const DOWN: ApiError = { code: "RUNPOD_UNAVAILABLE", message: "down" };

let around: TestSurroundings;
let answers: (JobView | ApiError | "never")[];
let calls: { atMs: number; signal: AbortSignal }[];
const ears = { view: vi.fn(), trouble: vi.fn(), refused: vi.fn() } satisfies Ears;

beforeEach(() => {
  vi.resetAllMocks();
  around = testSurroundings();
  answers = [];
  calls = [];
});

/** Starts polling; each call takes the next answer, the last one again and again. */
async function start() {
  const polling = poll(ID, ask, ears, around);
  await around.pass(0);
  return polling;
}

function ask(signal: AbortSignal): Promise<JobView> {
  calls.push({ atMs: around.nowMs(), signal });
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? RUNNING;
  if (answer === "never") return new Promise(() => {});
  return "code" in answer ? Promise.reject(new ApiFailure(answer)) : Promise.resolve(answer);
}

/** Seconds between the calls so far. */
function pauses(): number[] {
  return calls.slice(1).map(({ atMs }, index) => Math.round(atMs - (calls[index]?.atMs ?? 0)) / 1000);
}

test("it asks at once, and then ever more slowly, up to 8 s", async () => {
  await start();
  expect(calls).toHaveLength(1);
  await around.pass(40_000);
  expect(pauses()).toEqual([1, 1.35, 1.823, 2.46, 3.322, 4.484, 6.053, 8, 8]);
});

test("pauses vary by 15 per cent", () => {
  expect([pauseMs(0, 0), pauseMs(0, 1)]).toEqual([1000 * (1 - JITTER), 1000 * (1 + JITTER)]);
  expect(pauseMs(50, 1)).toBeCloseTo(9200);
});

test("a new status starts the pace anew", async () => {
  answers = [...Array<JobView>(8).fill({ id: ID, status: "IN_QUEUE" }), RUNNING];
  await start();
  await around.pass(40_000);
  expect(pauses().slice(7, 11)).toEqual([8, 1, 1.35, 1.823]);
});

test.each(["COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"] as const)("%s ends it", async (status) => {
  answers = [RUNNING, { id: ID, status }];
  await start();
  await around.pass(100_000);
  await around.online();
  expect(calls).toHaveLength(2);
  expect(ears.view).toHaveBeenLastCalledWith({ id: ID, status });
});

test("another job's end does not end it", async () => {
  answers = [{ id: "other", status: "COMPLETED" }, RUNNING];
  await start();
  await around.pass(1000);
  expect(calls).toHaveLength(2);
});

test("nothing is asked while the page is hidden, and at once when it is shown", async () => {
  await start();
  around.hide();
  await around.pass(600_000);
  expect(calls).toHaveLength(1);
  await around.show();
  expect(calls).toHaveLength(2);
  expect(around.due()).toBe(1000);
});

test("it asks at once when the network is back", async () => {
  answers = [DOWN, DOWN, RUNNING];
  await start();
  await around.pass(1000);
  await around.online();
  expect(calls).toHaveLength(3);
  expect(ears.view).toHaveBeenCalledOnce();
});

test("a call under way is not doubled, but one that slept is given up", async () => {
  answers = ["never"];
  await start();
  await around.pass(1000);
  await around.online();
  expect(calls).toHaveLength(1);
  await around.pass(60_000);
  await around.online();
  expect(calls).toHaveLength(2);
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

test("five failures in a row are a lost connection, and it goes on slowly", async () => {
  answers = [...Array<ApiError>(7).fill(DOWN), RUNNING];
  await start();
  await around.pass(200_000);
  expect(ears.trouble.mock.calls.map(([, lost]) => lost)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(pauses().slice(LOST_AFTER - 1, 7)).toEqual([
    SLOW_PAUSE_MS / 1000,
    SLOW_PAUSE_MS / 1000,
    SLOW_PAUSE_MS / 1000,
  ]);
  expect(ears.view).toHaveBeenCalledWith(RUNNING);
});

test("an answer in between counts failures anew", async () => {
  answers = [DOWN, DOWN, DOWN, DOWN, RUNNING, DOWN, DOWN, DOWN, DOWN, RUNNING];
  await start();
  await around.pass(60_000);
  expect(ears.trouble.mock.calls.some(([, lost]) => lost)).toBe(false);
});

test("it waits as long as the server wishes, whatever wakes it, unless a person asks", async () => {
  answers = [{ ...DOWN, code: "RATE_LIMITED", retryAfterS: 30 }, RUNNING];
  const polling = await start();
  expect(ears.trouble).toHaveBeenCalledWith(expect.anything(), false, around.nowMs() + 30_000);
  await around.pass(10_000);
  await around.online();
  expect([calls.length, around.due()]).toEqual([1, 20_000]);
  polling.askNow();
  expect(calls).toHaveLength(2);
});

test("a shorter wish does not make it ask sooner", async () => {
  answers = [{ ...DOWN, retryAfterS: 0.1 }, RUNNING];
  await start();
  expect(around.due()).toBe(1000);
});

test.each(["JOB_EXPIRED", "INVALID_JOB_ID"])("%s is the last word", async (code) => {
  answers = [{ code, message: "gone" }];
  await start();
  await around.pass(100_000);
  expect(calls).toHaveLength(1);
  expect(ears.refused).toHaveBeenCalledWith({ code, message: "gone" });
  expect(ears.trouble).not.toHaveBeenCalled();
});

test("what comes after it was stopped is not heard", async () => {
  const polling = await start();
  await around.pass(1000);
  const heard = ears.view.mock.calls.length;
  polling.askNow();
  polling.stop();
  await around.pass(100_000);
  await around.show();
  polling.askNow();
  expect(ears.view).toHaveBeenCalledTimes(heard);
  expect(calls.at(-1)?.signal.aborted).toBe(true);
  expect(around.due()).toBeNull();
});
