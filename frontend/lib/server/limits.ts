import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { RouteError } from "./errors";
import type { Settings } from "./settings";

/** What a call counts as. */
export type Cost = "jobs" | "uploads" | "reads" | "tries";

export type Limits = Record<Cost, RateLimiterMemory>;

/** Wrong keys that an address may send in a window. */
const TRIES = 10;

/** Counters in this process's memory: several processes count each for itself. */
export function limitsOf({ limits: { jobs, reads, windowS } }: Settings): Limits {
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: windowS });
  return { jobs: limiter(jobs), uploads: limiter(jobs), reads: limiter(reads), tries: limiter(TRIES) };
}

/**
 * Counts one call.
 *
 * @param caller whose
 * @throws RouteError if there were too many
 */
export async function spend(limits: Limits, cost: Cost, caller: string): Promise<void> {
  try {
    await limits[cost].consume(caller);
  } catch (error) {
    throw error instanceof Error ? error : tooMany(error as RateLimiterRes); // which is no Error
  }
}

/** Counts a call that was counted as of another cost as a read instead; not of a caller who has no reads left. */
export async function giveBack(limits: Limits, cost: Cost, caller: string): Promise<void> {
  if (cost === "reads") return;
  const counted = await limits.reads.consume(caller).catch(() => null);
  if (counted !== null) await limits[cost].reward(caller);
}

/** @throws RouteError if the caller has nothing left; counts nothing */
export async function hasLeft(limits: Limits, cost: Cost, caller: string): Promise<void> {
  const spent = await limits[cost].get(caller);
  if (spent !== null && spent.consumedPoints >= limits[cost].points) throw tooMany(spent);
}

function tooMany({ msBeforeNext }: RateLimiterRes): RouteError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new RouteError(429, "RATE_LIMITED", `Too many requests. Try again in ${seconds} s.`, seconds);
}
