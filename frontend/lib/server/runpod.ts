import { z } from "zod";
import { STATUSES, type Workers } from "@/lib/api/types";
import { readBytes } from "./body";
import { log, RouteError } from "./errors";
import type { Access } from "./settings";

/** RunPod's public API, as far as the page needs it. What goes wrong is a RouteError. */
export interface RunPod {
  /** Queues a job. Never tried twice: there could then be two. */
  run(input: Record<string, unknown>): Promise<{ id: string }>;
  status(id: string): Promise<Answer>;
  cancel(id: string): Promise<Answer>;
  /** Asks again after HEALTH_FRESH_MS at the earliest, whoever asks. */
  health(): Promise<Workers>;
}

/** What RunPod says of a job; its output and error are whatever the worker, the SDK or RunPod put there. */
export type Answer = z.infer<typeof ANSWER>;

/** The most milliseconds for each call, its answer's body included. */
export const TIMEOUTS_MS = { run: 30_000, status: 20_000, cancel: 15_000, health: 5_000 };

/** How old an endpoint's health may be. */
export const HEALTH_FRESH_MS = 4000;

type Operation = keyof typeof TIMEOUTS_MS;

/** RunPod's largest result is 10 MB; `/status` wraps it. */
const LARGEST_ANSWER = 24_000_000;
const RETRY_AFTER_S = 5;
const LONGEST_RETRY_AFTER_S = 300;
const JOB_ID = /^[\w-]{1,128}$/;

const milliseconds = z.number().nonnegative().optional().catch(undefined);

/** RunPod also has RUNNING, and may come to have others: such a job has not ended. */
const status = z.string().transform((name) => STATUSES.find((known) => known === name) ?? "IN_PROGRESS");

const ANSWER = z.object({
  id: z.string().regex(JOB_ID),
  status,
  output: z.unknown().optional(),
  error: z.unknown().optional(),
  delayTime: milliseconds,
  executionTime: milliseconds,
  retries: z.int().nonnegative().optional().catch(undefined),
});

const QUEUED = z.object({ id: z.string().regex(JOB_ID) });

const count = z.int().nonnegative().catch(0);
const HEALTH = z.object({
  workers: z.object({ ready: count, idle: count, running: count, initializing: count, throttled: count }),
  jobs: z.object({ inQueue: count }).catch({ inQueue: 0 }),
});

/**
 * A client of one endpoint.
 *
 * @param timeouts see TIMEOUTS_MS
 */
export function runpodOf(access: Access, timeouts: Record<Operation, number> = TIMEOUTS_MS): RunPod {
  const call = <Shape extends z.ZodType>(operation: Operation, path: string, shape: Shape, body?: unknown) =>
    ask(access, operation, path, timeouts[operation], body).then((answer) =>
      shaped(operation, shape, answer),
    );
  const health = keptFor(HEALTH_FRESH_MS, async () => {
    const { workers, jobs } = await call("health", "/health", HEALTH);
    const { ready, idle, running, initializing, throttled } = workers;
    return { ready: Math.max(ready, idle), running, initializing, throttled, queued: jobs.inQueue };
  });
  return {
    run: (input) => call("run", "/run", QUEUED, { input }),
    status: async (id) =>
      call("status", `/status/${checkedId(id)}`, ANSWER).catch((error) => ofJob(error, health)),
    cancel: async (id) =>
      call("cancel", `/cancel/${checkedId(id)}`, ANSWER, {}).catch((error) => ofJob(error, health)),
    health,
  };
}

/** A call whose answer, or failure, serves for a while. */
function keptFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { answer: Promise<T>; atMs: number } | null = null;
  return () => {
    if (kept === null || Date.now() - kept.atMs > ms) kept = { answer: ask(), atMs: Date.now() };
    return kept.answer;
  };
}

/** RunPod answers 404 for a job that it no longer has, and for one of an endpoint that it does not have. */
async function ofJob(error: unknown, health: () => Promise<unknown>): Promise<never> {
  if (!(error instanceof RouteError) || error.error.code !== "JOB_EXPIRED") throw error;
  const reason: unknown = await health().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  throw reason instanceof RouteError && reason.error.code === "NOT_CONFIGURED" ? reason : error;
}

/**
 * A job's id, which goes into an address.
 *
 * @throws RouteError if it is none
 */
function checkedId(id: string): string {
  if (!JOB_ID.test(id)) throw new RouteError(400, "INVALID_JOB_ID", "This is not the id of a job.");
  return id;
}

async function ask(
  { url, key }: Access,
  operation: Operation,
  path: string,
  timeoutMs: number,
  body: unknown,
) {
  try {
    const response = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      redirect: "manual", // the key is for this host alone
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw refusal(operation, response);
    return await readBytes(response.body, LARGEST_ANSWER);
  } catch (error) {
    if (error instanceof RouteError) throw error;
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    log(`RunPod, ${operation}: ${timedOut ? `no answer in ${timeoutMs} ms` : "could not be reached"}`);
    if (timedOut)
      throw new RouteError(504, "RUNPOD_TIMEOUT", "RunPod did not answer in time.", RETRY_AFTER_S);
    throw unavailable();
  }
}

function refusal(operation: Operation, { status, headers }: Response): RouteError {
  const isOfJob = operation === "status" || operation === "cancel";
  if (status === 404 && isOfJob) {
    return new RouteError(
      404,
      "JOB_EXPIRED",
      "RunPod no longer has this job: results are kept for 30 minutes.",
    );
  }
  log(`RunPod, ${operation}: status ${status}`);
  if (status === 429) {
    const message = "RunPod takes no more calls at the moment.";
    return new RouteError(429, "RATE_LIMITED", message, retryAfterS(headers.get("retry-after")));
  }
  if (status === 401 || status === 403 || status === 404) {
    log("RunPod refuses: check RUNPOD_API_KEY, RUNPOD_ENDPOINT_ID and RUNPOD_BASE_URL");
    return new RouteError(503, "NOT_CONFIGURED", "This server has no access to its RunPod endpoint.");
  }
  if (status === 400 || status === 413)
    return new RouteError(502, "RUNPOD_REFUSED", "RunPod did not take the job.");
  return unavailable();
}

/** Seconds of a Retry-After header, which may be a date. */
function retryAfterS(header: string | null): number {
  const seconds = /^\d+$/.test(header ?? "")
    ? Number(header)
    : (Date.parse(header ?? "") - Date.now()) / 1000;
  return Number.isNaN(seconds)
    ? RETRY_AFTER_S
    : Math.min(LONGEST_RETRY_AFTER_S, Math.max(1, Math.ceil(seconds)));
}

function shaped<Shape extends z.ZodType>(
  operation: Operation,
  shape: Shape,
  bytes: Uint8Array | null,
): z.infer<Shape> {
  const answer = shape.safeParse(bytes === null ? null : parsed(bytes));
  if (answer.success) return answer.data;
  log(`RunPod, ${operation}: ${bytes === null ? "more bytes than allowed" : "an answer of another form"}`);
  throw unavailable();
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function unavailable(): RouteError {
  return new RouteError(502, "RUNPOD_UNAVAILABLE", "RunPod did not answer as it should.", RETRY_AFTER_S);
}
