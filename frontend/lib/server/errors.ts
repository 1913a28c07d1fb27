import type { Code } from "@/lib/api/codes";
import type { ApiError } from "@/lib/api/types";

/** What a route answers instead of a result. Its message is written for the caller: no host, path or key. */
export class RouteError extends Error {
  /** The HTTP status. */
  readonly status: number;
  readonly error: ApiError;

  constructor(status: number, code: Code, message: string, retryAfterS?: number) {
    super(message);
    this.status = status;
    this.error = retryAfterS === undefined ? { code, message } : { code, message, retryAfterS };
  }
}

/** What is written on the log: one line, never with a key, a body or a link. */
export function log(message: string): void {
  console.error(`actionmesh: ${message}`);
}
