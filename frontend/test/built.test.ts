import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VARIABLES } from "@/lib/server/settings";
import { type Built, build, environment } from "./built";
import { missingPython, skips, start } from "./processes";
import { ROOT } from "./programs.mjs";
import { json, type StandIn, standIn } from "./standIn";

const BUILD_MS = 300_000;
const HEAP_MB = 192; // what a job of 10 MB is enough with
const SLOW_MS = 2000; // without its bounds the server is silent for 3 to 30 s

/** Bodies of nearly 10 MB that take a validator, or a parser, seconds and gigabytes. */
const HOSTILE = {
  zeros: () => `{"input":{"outputs":[${"0,".repeat(4_890_000)}0]}}`,
  "2 MB of zeros": () => `{"input":{"outputs":[${"0,".repeat(1_000_000)}0]}}`,
  "zeros beside a video": () =>
    `{"input":{"video_base64":"${"A".repeat(5_000_000)}","outputs":[${"0,".repeat(2_400_000)}0]}}`,
  points: () => `{"input":{"subject_points":[${"[2,2,5],".repeat(1_200_000)}0]}}`,
  names: () => `{"input":{${Array.from({ length: 700_000 }, (_, i) => `"f${i}":0`).join(",")}}}`,
  nesting: () => `{"input":{"outputs":${"[".repeat(9_800_000)}`,
  "a long name": () => `{"input":{"${"x".repeat(9_800_000)}":0}}`,
  "a long address": () => `{"input":{"video_url":"http://${"a".repeat(9_800_000)}"}}`,
  "a text of escapes": () => `{"input":{"mode":"${"\\u0041".repeat(1_600_000)}"}}`,
  "a long number": () => `{"input":{"seed":${"1".repeat(9_800_000)}}}`,
};

/** Of the server alone. */
const SECRETS = {
  RUNPOD_ENDPOINT_ID: "endpoint-7f3a91",
  RUNPOD_API_KEY: "rpa_7f3a91c2",
  BUCKET_NAME: "videos",
  BUCKET_ENDPOINT_URL: "https://s3.example.com",
  BUCKET_ACCESS_KEY_ID: "bucket-id-7f3a91",
  BUCKET_SECRET_ACCESS_KEY: "bucket-secret-7f3a91",
  WEB_API_KEY: "web-key-7f3a91",
};

let built: Built;
let runpod: StandIn;
let page: Awaited<ReturnType<Built["serve"]>>;

const READS = 30; // in a window; a refused job counts as one

beforeAll(async () => {
  runpod = await standIn(json({ id: "job-1", status: "IN_QUEUE" }));
  built = await build({ ...SECRETS, NEXT_PUBLIC_WORKER_URL: "" });
  const own = { RUNPOD_BASE_URL: runpod.url, RATE_LIMIT_READS: String(READS), RATE_LIMIT_JOBS: "100" };
  page = await built.serve({ ...SECRETS, ...own, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` });
}, BUILD_MS);
afterAll(async () => {
  await page?.stop();
  await runpod?.close();
  await built?.remove();
});

/** What is in a text that only the server may know. */
const secretsIn = (text: string) =>
  [...Object.values(SECRETS), ...Object.keys(VARIABLES.shape), "X-Amz-Credential"].filter(
    (secret) =>
      secret !== SECRETS.BUCKET_NAME && secret !== SECRETS.BUCKET_ENDPOINT_URL && text.includes(secret),
  );

describe("the browser's code", () => {
  it("has none of the server's secrets, and names none", () => {
    const folder = join(built.folder, ".next/static");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.\w+$/.test(name),
    );
    expect(files.filter((name) => name.endsWith(".js")).length).toBeGreaterThan(3);
    const found = files.flatMap((name) => secretsIn(readFileSync(join(folder, name), "latin1")));
    expect(found).toEqual([]);
  });
});

describe("a page", () => {
  const load = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${page.url}/`, { headers });
    return { headers: response.headers, html: await response.text() };
  };

  it("runs only scripts that have the nonce of its policy", async () => {
    const { headers, html } = await load();
    const [, nonce] =
      /script-src 'self' 'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "") ?? [];
    expect(nonce).toMatch(/^[\w+/]{22}==$/);
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(html).not.toMatch(/<[^>]+ style="/); // which the policy would refuse
    expect((await load()).headers.get("content-security-policy")).not.toContain(nonce);
  });

  it("may load from the bucket, and names no secret", async () => {
    const { headers, html } = await load();
    expect(headers.get("content-security-policy")).toContain(
      "connect-src 'self' data: blob: https://s3.example.com https://videos.s3.example.com;",
    );
    expect(secretsIn(html)).toEqual([]);
  });

  it("has the other headers, and HSTS behind https alone", async () => {
    const { headers } = await load();
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("strict-transport-security")).toBeNull();
    const secure = (await load({ "x-forwarded-proto": "https" })).headers;
    expect(secure.get("strict-transport-security")).toBe("max-age=63072000");
  });
});

describe("the running server", () => {
  const submit = (bytes: number) =>
    fetch(`${page.url}/api/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.WEB_API_KEY}` },
      body: JSON.stringify({ input: { video_base64: "A".repeat(bytes) } }),
    });

  it("hands on a job of 9.4 MB whole", async () => {
    expect((await submit(9_400_000)).status).toBe(200);
    expect(JSON.parse(runpod.got.at(-1)?.body ?? "").input.video_base64).toHaveLength(9_400_000);
  });

  it("refuses a job of 11 MB", async () => {
    const response = await submit(11_000_000);
    expect([response.status, (await response.json()).error.code]).toEqual([413, "TOO_LARGE"]);
  });

  it.each(Object.entries(HOSTILE))("refuses %s at once and answers others meanwhile", async (_what, body) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${SECRETS.WEB_API_KEY}` };
    let isRefused = false;
    const refused = fetch(`${page.url}/api/jobs`, { method: "POST", headers, body: body() }).finally(() => {
      isRefused = true;
    });
    const waits: number[] = [];
    do {
      const start = performance.now();
      expect((await fetch(`${page.url}/icon.svg`)).status).toBe(200);
      waits.push(performance.now() - start);
    } while (!isRefused);
    const { status, error } = await refused.then(async (answer) => ({
      status: answer.status,
      ...(await answer.json()),
    }));
    expect([`400 INVALID_INPUT`, `413 TOO_LARGE`]).toContain(`${status} ${error.code}`);
    expect(error.message.length).toBeLessThan(5000);
    expect(Math.max(...waits)).toBeLessThan(SLOW_MS);
  });

  it("counts an address, whatever it says of itself", async () => {
    const statuses: number[] = [];
    for (let call = 0; call <= READS; call += 1) {
      const headers = { "x-forwarded-for": `203.0.113.${call}` };
      statuses.push((await fetch(`${page.url}/api/jobs/job-1`, { headers })).status);
    }
    expect(statuses).toEqual([...Array(READS).fill(200), 429]);
  });

  it.each([
    ["GET", "/nope"],
    ["GET", "/api"],
    ["GET", "/api/nope"],
    ["GET", "/api/jobs/job-1/nope"],
    ["GET", "/api/jobs"],
    ["OPTIONS", "/api/nope"],
    ["DELETE", "/api/health"],
    ["GET", "/icon.svg"],
    ["GET", "/_next/static/nope.js"],
    ["GET", "/_next/image?url=/icon.svg&w=64&q=75"],
    ["GET", "/examples/nope.glb"],
    ["GET", "/%61pi/nope"],
    ["GET", "/API/nope"],
    ["GET", "/api/"],
    ["GET", "/examples/"],
    ["POST", "/"],
    ["GET", "/api/health"],
    ["GET", "/%"],
  ])("%s %s has one policy, and the other headers", async (method, path) => {
    const { headers } = await fetch(page.url + path, { method, redirect: "manual" });
    expect(headers.get("content-security-policy")).toMatch(/^default-src '(self|none)'; [^,]+$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("goes by its own names alone", async () => {
    const { hostname, port } = new URL(page.url);
    const status = (host: string) =>
      new Promise<number | undefined>((answered, failed) => {
        const headers = { host, origin: `http://${host}` };
        const asked = request({ hostname, port, path: "/api/health", headers }, (answer) => {
          answer.resume();
          answered(answer.statusCode);
        });
        asked.once("error", failed).end();
      });
    expect(await status("evil.com")).toBe(403);
    expect(await status(`localhost:${port}`)).not.toBe(403);
  });

  it("ends at once with bad settings, and says what is wrong", async () => {
    const server = await built.serve({ MAX_VIDEO_MB: "lots", RUNPOD_API_KEY: SECRETS.RUNPOD_API_KEY });
    expect(await server.ended).toBe(2);
    expect(server.output()).toContain(
      'settings are wrong:\nMAX_VIDEO_MB="lots": a number from 0.001 to 5000',
    );
    expect(secretsIn(server.output())).toEqual(["MAX_VIDEO_MB"]);
  });

  it("answers with RunPod's refusals as ours", async () => {
    const gone = json({ error: "pod-7" }, 404);
    runpod.answer = (response, got) =>
      (got.path.endsWith("/health") ? json({ workers: {} }) : gone)(response, got);
    const headers = { authorization: `Bearer ${SECRETS.WEB_API_KEY}` };
    const response = await fetch(`${page.url}/api/jobs/job-1/cancel`, { method: "POST", headers });
    expect([response.status, (await response.json()).error.code]).toEqual([404, "JOB_EXPIRED"]);
  });
});

describe.skipIf(skips("`make web`", missingPython()))("scripts/web.mjs", () => {
  it("starts page, local RunPod and worker, and ends them", { timeout: 120_000 }, async () => {
    const script = join(built.folder, "scripts/web.mjs");
    const args = [script, "--port", "0", "--worker", ROOT];
    const web = await start(process.execPath, args, { ready: /Open (http:\S+)/, env: environment() });
    expect(web.output()).not.toContain("building"); // it is built already
    const url = web.match[1] as string;
    const endpoint = /endpoint: (\S+)/.exec(web.output())?.[1] ?? "";
    expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({
      reachable: true,
      needsKey: false,
      engine: "silhouette",
    });
    expect((await fetch(`${endpoint}/health`, { headers: { authorization: "Bearer local" } })).status).toBe(
      401,
    );
    await web.stop();
    for (const gone of [url, endpoint]) await expect(fetch(gone)).rejects.toThrow("fetch failed");
  });
});
