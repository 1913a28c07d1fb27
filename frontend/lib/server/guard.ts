import { createHash, timingSafeEqual } from "node:crypto";
import { RouteError } from "./errors";
import { hostOf } from "./host";
import { type Cost, giveBack, hasLeft, type Limits, spend } from "./limits";
import { callerOf, isFromHere } from "./peer";
import type { Settings } from "./settings";

/** What a route asks of its callers. */
export interface Rules {
  /** What a call counts as. */
  cost: Exclude<Cost, "tries">;
  /** Whether it needs one of WEB_API_KEY's keys, where there are any. */
  key: boolean;
}

/**
 * Whether a request may come from the page that sent it: from this page, from one that ALLOWED_ORIGINS names,
 * or from no page at all. `checkHost` comes before: the page's name must be ours.
 *
 * @returns the origin to name in the answer, null where there is none to name
 * @throws RouteError if it may not
 */
export function checkOrigin(request: Request, settings: Settings): string | null {
  const origin = request.headers.get("origin");
  if (origin === null || isOwn(origin, request, settings)) return null;
  if (settings.allowedOrigins.includes(origin)) return origin;
  throw new RouteError(403, "ORIGIN_NOT_ALLOWED", "This page may not call the server.");
}

/** Scheme and port 80 or 443 aside, which a proxy that ends TLS changes. */
function isOwn(origin: string, request: Request, settings: Settings): boolean {
  return URL.canParse(origin) && new URL(origin).host === hostOf(request, settings);
}

/** Whether jobs are taken from where a request came from, its key aside. */
export function takesJobsOf(request: Request, { localOnly }: Settings): boolean {
  return !localOnly || isFromHere(request);
}

/**
 * Checks the key and counts the call, by the key where there is one, else by the caller's address.
 *
 * @returns what gives the call back, of one that was refused for what it asked: it counts as a read then, as long as
 *   the caller has any left
 * @throws RouteError if the key is missing or wrong, there were too many calls, or jobs are not taken from there
 */
export async function admit(
  request: Request,
  rules: Rules,
  settings: Settings,
  limits: Limits,
): Promise<() => Promise<void>> {
  if (rules.cost !== "reads" && !takesJobsOf(request, settings)) {
    const message = "This server takes jobs from its own machine alone, until WEB_API_KEY is set.";
    throw new RouteError(403, "LOCAL_ONLY", message);
  }
  const address = callerOf(request, settings.trustedProxies);
  const asksForKey = rules.key && settings.apiKeys.length > 0;
  const index = asksForKey ? await checkKey(request, settings.apiKeys, limits, address) : null;
  const caller = index === null ? `address ${address}` : `key ${index}`;
  await spend(limits, rules.cost, caller);
  return () => giveBack(limits, rules.cost, caller);
}

async function checkKey(request: Request, keys: string[], limits: Limits, address: string): Promise<number> {
  const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (given === undefined) throw new RouteError(401, "KEY_REQUIRED", "This server needs an API key.");
  await hasLeft(limits, "tries", address);
  const matches = keys.map((key) => timingSafeEqual(digest(key), digest(given))); // all of them: equal time
  const index = matches.indexOf(true);
  if (index >= 0) return index;
  await spend(limits, "tries", address);
  throw new RouteError(401, "KEY_WRONG", "This API key is not one of the server's.");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
