import type { ApiError, Failure } from "@/lib/api/types";
import { type Context, context } from "./context";
import { log, RouteError } from "./errors";
import { admit, checkOrigin, type Rules } from "./guard";
import { NOTHING } from "./headers";
import { checkHost } from "./host";
import type { RunPod } from "./runpod";

/** A route's own work: what it returns is the answer's body. */
type Handle<Params> = (request: Request, context: Context, params: Params) => Promise<object>;

/** What Next hands a route beside the request. */
interface Given<Params> {
  params: Promise<Params>;
}

/** On every answer, as for no page: none of it is to be kept, framed or guessed at. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": NOTHING,
  Vary: "Origin",
};
const PREFLIGHT_S = 600;
/** Statuses of calls that are wrong in themselves: nothing came of them. */
const REFUSED = [400, 413, 415];

/**
 * A route handler: lets in whom the rules admit, does the work and answers JSON. What goes wrong is
 * `{error: ApiError}`; only a RouteError's own words reach the caller.
 */
export function route<Params = object>(rules: Rules, handle: Handle<Params>) {
  return async (request: Request, { params }: Given<Params>): Promise<Response> => {
    let origin: string | null = null;
    let giveBack: (() => Promise<void>) | null = null;
    try {
      const own = context();
      checkHost(request, own.settings);
      origin = checkOrigin(request, own.settings);
      giveBack = await admit(request, rules, own.settings, own.limits);
      return Response.json(await handle(request, own, await params), { headers: headersFor(origin) });
    } catch (error) {
      const { status, error: told } = error instanceof RouteError ? error : fault(error);
      if (REFUSED.includes(status)) await giveBack?.();
      return Response.json({ error: told } satisfies Failure, {
        status,
        headers: headersFor(origin, told, status),
      });
    }
  };
}

/** Answers a browser that asks whether another origin's page may call. */
export function preflight(method: "GET" | "POST") {
  return (request: Request): Response => {
    try {
      const { settings } = context();
      checkHost(request, settings);
      const headers = headersFor(checkOrigin(request, settings));
      headers.set("Access-Control-Allow-Methods", method);
      headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type");
      headers.set("Access-Control-Max-Age", String(PREFLIGHT_S));
      return new Response(null, { status: 204, headers });
    } catch (error) {
      const { status } = error instanceof RouteError ? error : fault(error);
      return new Response(null, { status, headers: headersFor(null) });
    }
  };
}

/** @throws RouteError where no endpoint is set up */
export function endpointOf({ runpod }: Context): RunPod {
  if (runpod === null) throw new RouteError(503, "NOT_CONFIGURED", "This server has no RunPod endpoint.");
  return runpod;
}

function headersFor(origin: string | null, error?: ApiError, status?: number): Headers {
  const headers = new Headers(HEADERS);
  if (origin !== null) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Expose-Headers", "Retry-After");
  }
  if (error?.retryAfterS !== undefined) headers.set("Retry-After", String(error.retryAfterS));
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  return headers;
}

function fault(error: unknown): RouteError {
  log(`a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new RouteError(500, "INTERNAL", "The server failed; its log has the details.");
}
