import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { json, type StandIn, standIn } from "@/test/standIn";
import { HEALTH_FRESH_MS, runpodOf, TIMEOUTS_MS } from "./runpod";

const SECRET = "pod-7.internal";
let server: StandIn;

beforeAll(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  server = await standIn(json({}));
});
afterEach(() => {
  server.got.length = 0;
});
afterAll(() => server.close());

const client = (timeouts = TIMEOUTS_MS) =>
  runpodOf({ url: `${server.url}/v2/abc`, key: "rpa_key" }, timeouts);

/** What a call fails with, as [status, code, seconds]. */
async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (reason) => reason,
  );
  expect(error?.message).not.toContain(SECRET);
  return [error?.status, error?.error?.code, error?.error?.retryAfterS];
}

describe("the calls", () => {
  it("go to the endpoint with its key", async () => {
    server.answer = json({ id: "job-1", status: "IN_QUEUE" });
    expect(await client().run({ video_url: "https://example.com/a.mp4" })).toEqual({ id: "job-1" });
    await client().status("job-1");
    await client().cancel("job-1");
    expect(server.got.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v2/abc/run",
      "GET /v2/abc/status/job-1",
      "POST /v2/abc/cancel/job-1",
    ]);
    expect(server.got[0]?.body).toBe('{"input":{"video_url":"https://example.com/a.mp4"}}');
    expect(server.got.every(({ headers }) => headers.authorization === "Bearer rpa_key")).toBe(true);
  });

  it("count the workers", async () => {
    server.answer = json({
      jobs: {},
      workers: { idle: 2, ready: 1, running: 3, initializing: 4, throttled: 5 },
    });
    const counted = { ready: 2, running: 3, initializing: 4, throttled: 5 };
    expect(await client().health()).toEqual({ ...counted, queued: 0 });
    server.answer = json({ jobs: { inQueue: 6 }, workers: { running: 1 } });
    expect(await client().health()).toMatchObject({ ready: 0, running: 1, queued: 6 });
  });

  it("ask for the workers once in a few seconds, whoever asks", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      server.answer = json({ workers: { running: 1 } });
      const one = client();
      await Promise.all([one.health(), one.health()]);
      await one.health();
      expect(server.got).toHaveLength(1);
      vi.setSystemTime(Date.now() + HEALTH_FRESH_MS + 1);
      await one.health();
      expect(server.got).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(["RUNNING", "SOMETHING_NEW"])("take %s for a job that has not ended", async (status) => {
    server.answer = json({ id: "job-1", status });
    expect(await client().status("job-1")).toMatchObject({ status: "IN_PROGRESS" });
  });

  it.each(["", "../../other/run", "a/b", "a?b", "a%2fb", "ä", "x".repeat(129)])(
    "take no id %j",
    async (id) => {
      expect(await failureOf(client().status(id))).toEqual([400, "INVALID_JOB_ID", undefined]);
      expect(await failureOf(client().cancel(id))).toEqual([400, "INVALID_JOB_ID", undefined]);
      expect(server.got).toEqual([]);
    },
  );
});

describe("what goes wrong", () => {
  it.each([
    [429, { "retry-after": "7" }, [429, "RATE_LIMITED", 7]],
    [429, { "retry-after": "99999" }, [429, "RATE_LIMITED", 300]],
    [429, { "retry-after": "soon" }, [429, "RATE_LIMITED", 5]],
    [429, {}, [429, "RATE_LIMITED", 5]],
    [401, {}, [503, "NOT_CONFIGURED", undefined]],
    [403, {}, [503, "NOT_CONFIGURED", undefined]],
    [500, {}, [502, "RUNPOD_UNAVAILABLE", 5]],
    [503, {}, [502, "RUNPOD_UNAVAILABLE", 5]],
    [302, { location: "http://127.0.0.1:1/" }, [502, "RUNPOD_UNAVAILABLE", 5]],
  ])("status %i, %o", async (status, headers, expected) => {
    server.answer = json({ error: `fault on ${SECRET}` }, status, headers as Record<string, string>);
    expect(await failureOf(client().status("job-1"))).toEqual(expected);
  });

  it("an endpoint that is not there is no job that is not there", async () => {
    server.answer = json({}, 404);
    for (const call of [client().run({}), client().status("job-1"), client().cancel("job-1")])
      expect(await failureOf(call)).toEqual([503, "NOT_CONFIGURED", undefined]);
  });

  it.each([200, 500])("a job that is not there, at an endpoint that answers %i", async (status) => {
    server.answer = (response, got) =>
      got.path.endsWith("/health")
        ? json({ workers: {} }, status)(response, got)
        : json({ error: SECRET }, 404)(response, got);
    for (const call of [client().status("job-1"), client().cancel("job-1")])
      expect(await failureOf(call)).toEqual([404, "JOB_EXPIRED", undefined]);
  });

  it("a job that RunPod does not take", async () => {
    server.answer = json({ error: SECRET }, 400);
    expect(await failureOf(client().run({}))).toEqual([502, "RUNPOD_REFUSED", undefined]);
    expect(server.got).toHaveLength(1); // not tried again
  });

  it.each([
    ["no JSON", (response) => response.end("<html>")],
    ["nothing", (response) => response.end()],
    ["no state", json({ id: "job-1" })],
    ["an id for another address", json({ id: "../x", status: "IN_QUEUE" })],
    [
      "a cut answer",
      (response) => response.writeHead(200, { "content-length": "9" }).write("{") && response.destroy(),
    ],
    ["too many bytes", (response) => response.end(Buffer.alloc(24_000_001, " "))],
  ] satisfies [string, StandIn["answer"]][])("%s", async (_what, answer) => {
    server.answer = answer;
    expect(await failureOf(client().status("job-1"))).toEqual([502, "RUNPOD_UNAVAILABLE", 5]);
  });

  it("no answer, and an answer that does not end", async () => {
    for (const answer of [() => {}, (response) => response.write("{")] satisfies StandIn["answer"][]) {
      server.answer = answer;
      const slow = client({ ...TIMEOUTS_MS, status: 100 }).status("job-1");
      expect(await failureOf(slow)).toEqual([504, "RUNPOD_TIMEOUT", 5]);
    }
  });

  it("no server", async () => {
    const gone = runpodOf({ url: "http://127.0.0.1:1/v2/abc", key: "k" });
    expect(await failureOf(gone.status("job-1"))).toEqual([502, "RUNPOD_UNAVAILABLE", 5]);
  });
});
