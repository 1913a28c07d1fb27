import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { sampleResult } from "@/test/samples";
import { setApiKey } from "./key";
import type { Capabilities } from "./types";

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

let server: Server;
let client: typeof import("./client");
let asked: Asked | null = null;
let answer: { status?: number; headers?: Record<string, string>; body: unknown } | "never" | "cut";

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
    if (answer === "cut") return void request.socket.destroy();
    if (answer === "never") return;
    const { status = 200, headers: more = {}, body } = answer;
    response.writeHead(status, more).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  vi.stubEnv("NEXT_PUBLIC_WORKER_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  client = await import("./client");
});

afterEach(() => {
  setApiKey("");
  vi.restoreAllMocks();
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const CAPABILITIES: Capabilities = {
  uploads: "inline",
  maxVideoBytes: 1e8,
  maxInlineBytes: 7e6,
  needsKey: false,
  takesJobs: true,
  reachable: true,
};

test("what the server can do", async () => {
  answer = { body: CAPABILITIES };
  expect(await client.getHealth()).toEqual(CAPABILITIES);
  expect(asked).toMatchObject({ method: "GET", url: "/api/health" });
  expect(asked?.headers.authorization).toBeUndefined();
});

test("a job is submitted, with the key that was typed", async () => {
  setApiKey(" secret-key ");
  answer = { body: { id: "job-1", owner: "token-1" } };
  expect(await client.submitJob({ seed: 7 })).toEqual({ id: "job-1" });
  expect(asked).toMatchObject({ method: "POST", url: "/api/jobs", body: '{"input":{"seed":7}}' });
  expect(asked?.headers).toMatchObject({
    authorization: "Bearer secret-key",
    "content-type": "application/json",
  });
});

test("a job's state is asked for under its own id, whatever that is", async () => {
  answer = { body: { id: "../health", status: "COMPLETED", result: sampleResult() } };
  expect((await client.getJob("../health")).result?.engine).toBe("silhouette");
  expect(asked?.url).toBe("/api/jobs/..%2Fhealth");
});

test("a job is cancelled with what came with its id", async () => {
  answer = { body: { id: "job-1", status: "CANCELLED" } };
  expect((await client.cancelJob("job-1")).status).toBe("CANCELLED");
  expect(asked).toMatchObject({ method: "POST", url: "/api/jobs/job-1/cancel", body: '{"owner":"token-1"}' });
  answer = { body: { id: "job-2", status: "CANCELLED" } };
  await client.cancelJob("job-2");
  expect(asked?.body).toBe("{}");
});

test("a failure is told with the server's own words", async () => {
  const error = { code: "RATE_LIMITED", message: "Too many requests.", retryAfterS: 12 };
  answer = { status: 429, body: { error } };
  await expect(client.getJob("a")).rejects.toMatchObject({ name: "ApiFailure", error });
});

test.each([
  [429, { "retry-after": "7" }, { code: "RATE_LIMITED", retryAfterS: 7 }],
  [502, {}, { code: "NO_ANSWER" }],
  [404, {}, { code: "BAD_ANSWER" }],
])("of another server's page with status %i its status is told", async (status, headers, error) => {
  answer = { status, headers, body: "<h1>nginx</h1>" };
  await expect(client.getJob("a")).rejects.toMatchObject({ error });
});

test.each([
  ["no JSON", "<html>"],
  ["no object", []],
  ["no id", { status: "IN_QUEUE" }],
  ["a status of another kind", { id: "a", status: "WAITING" }],
  ["an end without a result", { id: "a", status: "COMPLETED" }],
])("an answer that is %s is not taken", async (_, body) => {
  answer = { body };
  await expect(client.getJob("a")).rejects.toMatchObject({ error: { code: "BAD_ANSWER" } });
});

test("answers of other calls are looked at, too", async () => {
  answer = { body: {} };
  const calls = [
    client.getHealth(),
    client.submitJob({}),
    client.uploadVideo(new File(["a"], "a.mp4"), () => {}),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ error: { code: "BAD_ANSWER" } });
});

test("a server that hangs up is told", async () => {
  answer = "cut";
  await expect(client.getHealth()).rejects.toMatchObject({ error: { code: "NO_CONNECTION" } });
});

test("so is one that does not answer in time", async () => {
  answer = "never";
  const soon = AbortSignal.timeout(50);
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(soon);
  await expect(client.getHealth()).rejects.toMatchObject({ error: { code: "NO_ANSWER" } });
});

test("a call can be stopped", async () => {
  answer = "never";
  const stop = new AbortController();
  const call = client.submitJob({}, stop.signal);
  stop.abort();
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  expect(client.errorOf(stop.signal.reason).code).toBe("STOPPED");
});

test("an upload asks for a place first", async () => {
  answer = { status: 409, body: { error: { code: "NO_BUCKET", message: "none" } } };
  const file = new File(["abc"], "clip.mp4", { type: "video/mp4" });
  await expect(client.uploadVideo(file, () => {})).rejects.toMatchObject({ error: { code: "NO_BUCKET" } });
  expect(asked).toMatchObject({
    url: "/api/uploads",
    body: '{"name":"clip.mp4","type":"video/mp4","bytes":3}',
  });
});

test("whatever else was thrown is a fault of the page", () => {
  expect(client.errorOf(new TypeError("x")).code).toBe("PAGE_FAILED");
  expect(client.errorOf("x").code).toBe("PAGE_FAILED");
});
