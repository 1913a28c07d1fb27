import type { Result } from "@/lib/contract/result";

/** Whether the links to a result's files work no more; `nowMs` is in milliseconds since 1970. */
export function haveEnded({ expires_at: ends }: Result, nowMs: number): boolean {
  return ends !== null && Date.parse(ends) <= nowMs;
}
