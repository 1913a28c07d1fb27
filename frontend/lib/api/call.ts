import { ApiFailure, failure } from "./failure";
import { apiKey } from "./key";
import type { ApiError } from "./types";

/** Where the routes are: this page's own server, unless the build names another. */
const BASE = (process.env.NEXT_PUBLIC_WORKER_URL ?? "").replace(/\/+$/, "");

export interface Call {
  method: "GET" | "POST";
  /** From /api/ on. */
  path: string;
  body?: unknown;
  /** Milliseconds that the whole answer may take. */
  withinMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Calls a route.
 *
 * @returns the answer's JSON
 * @throws ApiFailure if it failed, could not be reached or took too long; the signal's reason if that was aborted
 */
export async function call({ method, path, body, withinMs, signal }: Call): Promise<unknown> {
  const late = AbortSignal.timeout(withinMs);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: headersFor(body),
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    answer = parsed(await response.text());
  } catch {
    signal?.throwIfAborted();
    if (late.aborted) throw failure("NO_ANSWER", "The server did not answer in time.");
    throw failure("NO_CONNECTION", "The server could not be reached.");
  }
  if (!response.ok) throw new ApiFailure(errorIn(answer, response));
  return answer;
}

/** An answer without the fields that were promised. */
export function badAnswer(): ApiFailure {
  return failure("BAD_ANSWER", "The server answered what this page does not understand.");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function headersFor(body: unknown): Headers {
  const headers = new Headers();
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const key = apiKey();
  if (key !== "") headers.set("Authorization", `Bearer ${key}`);
  return headers;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A failure's own error; of a proxy's page in between, what its status tells. */
function errorIn(answer: unknown, { status, headers }: Response): ApiError {
  const told = isObject(answer) && isObject(answer.error) ? answer.error : null;
  const retryAfterS =
    positive(told?.retryAfterS) ?? positive(Number(headers.get("retry-after") ?? Number.NaN));
  const after = retryAfterS === undefined ? {} : { retryAfterS };
  if (told && typeof told.code === "string" && typeof told.message === "string") {
    return { code: told.code, message: told.message, ...after };
  }
  const code = status === 429 ? "RATE_LIMITED" : status >= 500 ? "NO_ANSWER" : "BAD_ANSWER";
  return { code, message: `The server answered with status ${status}.`, ...after };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
