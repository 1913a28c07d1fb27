import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as health from "@/app/api/health/route";
import * as cancel from "@/app/api/jobs/[id]/cancel/route";
import * as job from "@/app/api/jobs/[id]/route";
import * as jobs from "@/app/api/jobs/route";
import * as uploads from "@/app/api/uploads/route";
import { json, type StandIn, standIn } from "@/test/standIn";
import { contextOf, setContext } from "./context";

const KEY = "a-key-of-the-page";
const NONE = { params: Promise.resolve({}) };
const ONE = { params: Promise.resolve({ id: "job-1" }) };
const VIDEO = { video_url: "https://example.com/clip.mp4" };
const JSON_TYPE = { "content-type": "application/json" };

const log = vi.spyOn(console, "error").mockImplementation(() => {});
const runpod: StandIn = await standIn(json({}));
afterAll(async () => {
  setContext();
  await runpod.close();
});

function use(variables: Record<string, string> = {}): void {
  const own = { RUNPOD_BASE_URL: `${runpod.url}/v2`, RUNPOD_ENDPOINT_ID: "abc", RUNPOD_API_KEY: "rpa_key" };
  setContext(contextOf({ ...own, ALLOWED_HOSTS: "page.example", ALLOW_ANYONE: "1", ...variables }));
}

beforeEach(() => {
  use();
  log.mockClear();
  runpod.got.length = 0;
  runpod.answer = json({ id: "job-1", status: "IN_QUEUE" });
});

const get = (headers: Record<string, string> = {}) => new Request("http://page.example/api", { headers });
const post = (body: unknown, headers: Record<string, string> = {}) =>
  new Request("http://page.example/api", {
    method: "POST",
    headers: { host: "page.example", ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });

describe("a job", () => {
  it("reaches RunPod with its input alone", async () => {
    const response = await jobs.POST(post({ input: VIDEO }), NONE);
    expect([response.status, await response.json()]).toEqual([
      200,
      { id: "job-1", owner: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(JSON.parse(runpod.got[0]?.body ?? "")).toEqual({ input: VIDEO });
  });

  it.each([
    [{ input: VIDEO, webhook: "https://example.com" }],
    [{ input: VIDEO, s3Config: {} }],
    [{ input: [VIDEO] }],
    [{ input: { ...VIDEO, num_frames: 999 } }],
    [null],
  ])("is refused before RunPod hears of it: %o", async (body) => {
    const response = await jobs.POST(post(body), NONE);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "INVALID_INPUT" } });
    expect(runpod.got).toEqual([]);
  });

  it("of more than RunPod takes is refused by its length", async () => {
    const response = await jobs.POST(post({ input: VIDEO }, { "content-length": "10000001" }), NONE);
    expect([response.status, (await response.json()).error.code]).toEqual([413, "TOO_LARGE"]);
  });

  it("may hold 7 MB of video", async () => {
    const video = Buffer.alloc(7_000_000, 1).toString("base64");
    const response = await jobs.POST(post({ input: { video_base64: video } }), NONE);
    expect(response.status).toBe(200);
  });
});

describe("every route", () => {
  const routes = {
    health: () => health.GET(get(), NONE),
    uploads: () => uploads.POST(post({}), NONE),
    jobs: () => jobs.POST(post({ input: VIDEO }), NONE),
    job: () => job.GET(get(), ONE),
    cancel: () => cancel.POST(post({}), ONE),
  };

  it.each(Object.entries(routes))("%s is not kept, framed or shown to other pages", async (_name, call) => {
    const { headers } = await call();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get("vary")).toBe("Origin");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it.each(["uploads", "jobs", "cancel"] as const)("%s needs the key", async (name) => {
    use({ WEB_API_KEY: KEY });
    const response = await routes[name]();
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(runpod.got).toEqual([]);
  });

  it.each(["health", "job"] as const)("%s does not", async (name) => {
    use({ WEB_API_KEY: KEY });
    expect((await routes[name]()).status).toBe(200);
  });

  it("lets the key in", async () => {
    use({ WEB_API_KEY: KEY });
    const response = await jobs.POST(post({ input: VIDEO }, { authorization: `Bearer ${KEY}` }), NONE);
    expect(response.status).toBe(200);
  });

  it.each(["jobs", "job", "cancel"] as const)("%s says that there is no endpoint", async (name) => {
    use({ RUNPOD_ENDPOINT_ID: "", RUNPOD_API_KEY: "" });
    const response = await routes[name]();
    expect([response.status, (await response.json()).error.code]).toEqual([503, "NOT_CONFIGURED"]);
  });

  it("counts jobs, and says when to come back", async () => {
    use({ RATE_LIMIT_JOBS: "1", RATE_LIMIT_WINDOW_S: "60" });
    expect((await routes.jobs()).status).toBe(200);
    const response = await routes.jobs();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await response.json()).toMatchObject({ error: { code: "RATE_LIMITED", retryAfterS: 60 } });
    expect((await routes.job()).status).toBe(200);
  });

  it("counts what is refused for what it asks as a read, as long as there are reads left", async () => {
    use({ RATE_LIMIT_JOBS: "2", RATE_LIMIT_READS: "3" });
    const wrong = async () => (await jobs.POST(post({ input: {} }), NONE)).status;
    expect([await wrong(), await wrong(), await wrong()]).toEqual([400, 400, 400]);
    expect((await routes.health()).status).toBe(429); // no reads are left
    expect([await wrong(), (await routes.jobs()).status]).toEqual([400, 200]); // both as jobs
    expect((await routes.jobs()).status).toBe(429);
  });

  it("limits health, too", async () => {
    use({ RATE_LIMIT_READS: "1" });
    expect([(await routes.health()).status, (await routes.health()).status]).toEqual([200, 429]);
  });

  it("passes on RunPod's Retry-After", async () => {
    runpod.answer = json({}, 429, { "retry-after": "9" });
    const response = await routes.job();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "9"]);
  });

  it("tells nothing of a fault but that there is one", async () => {
    setContext({
      ...contextOf({}),
      runpod: { status: () => Promise.reject(new Error("/srv/secret")) } as never,
    });
    const response = await routes.job();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(log.mock.calls.join()).toContain("/srv/secret");
  });
});

describe("another origin's page", () => {
  const origin = "https://other.example";
  beforeEach(() => use({ ALLOWED_ORIGINS: origin }));

  it("may ask and call, if it is named", async () => {
    const asked = jobs.OPTIONS(get({ origin, "access-control-request-method": "POST" }));
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "Authorization, Content-Type",
      vary: "Origin",
    });
    const called = await jobs.POST(post({ input: VIDEO }, { origin }), NONE);
    expect([called.status, called.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    expect(called.headers.get("access-control-expose-headers")).toBe("Retry-After");
  });

  it("reads errors, too", async () => {
    const response = await jobs.POST(post({ input: {} }, { origin }), NONE);
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([400, origin]);
  });

  it("is refused, if it is not named", async () => {
    const headers = { origin: "https://evil.example" };
    const asked = jobs.OPTIONS(get(headers));
    expect([asked.status, asked.headers.get("content-security-policy")]).toEqual([
      403,
      "default-src 'none'; frame-ancestors 'none'",
    ]);
    const response = await jobs.POST(post({ input: VIDEO }, headers), NONE);
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect(runpod.got).toEqual([]);
  });
});

describe("a name that is not the server's", () => {
  const evil = { host: "evil.com:3000" };

  it("is refused, with its own page as origin or none", async () => {
    for (const headers of [evil, { ...evil, origin: "http://evil.com:3000" }]) {
      const answers = [
        await jobs.POST(post({ input: VIDEO }, headers), NONE),
        await job.GET(get(headers), ONE),
        await cancel.POST(post({}, headers), ONE),
        await uploads.POST(post({}, headers), NONE),
        await health.GET(get(headers), NONE),
      ];
      for (const answer of answers) {
        expect([answer.status, (await answer.json()).error.code]).toEqual([403, "HOST_NOT_ALLOWED"]);
      }
      expect(jobs.OPTIONS(get(headers)).status).toBe(403);
    }
    expect(runpod.got).toEqual([]);
  });
});

describe("GET /api/health", () => {
  it("tells of a bucket and a key, and nothing of theirs", async () => {
    const secrets = {
      BUCKET_ACCESS_KEY_ID: "key-id",
      BUCKET_SECRET_ACCESS_KEY: "key-secret",
      WEB_API_KEY: KEY,
    };
    use({
      ...secrets,
      BUCKET_NAME: "videos",
      BUCKET_ENDPOINT_URL: "https://s3.example.com",
      MAX_VIDEO_MB: "50",
    });
    runpod.answer = json({ workers: { idle: 1, ready: 1, running: 0, initializing: 2 } });
    const text = await (await health.GET(get(), NONE)).text();
    expect(JSON.parse(text)).toEqual({
      uploads: "bucket",
      maxVideoBytes: 50_000_000,
      maxInlineBytes: 7_000_000,
      needsKey: true,
      takesJobs: true,
      reachable: true,
      workers: { ready: 1, running: 0, initializing: 2, throttled: 0, queued: 0 },
    });
  });

  it("tells another machine that no jobs are taken from there", async () => {
    use({ ALLOW_ANYONE: "", ALLOWED_HOSTS: "" });
    const asked = async (from: string) =>
      (await health.GET(get({ "x-forwarded-for": from }), NONE)).json() as Promise<{ takesJobs: boolean }>;
    expect([(await asked("127.0.0.1")).takesJobs, (await asked("203.0.113.1")).takesJobs]).toEqual([
      true,
      false,
    ]);
  });

  it("answers where RunPod does not", async () => {
    runpod.answer = json({}, 500);
    expect(await (await health.GET(get(), NONE)).json()).toMatchObject({ reachable: false });
  });
});
