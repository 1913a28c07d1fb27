import type { Code } from "./codes";
import type { ApiError } from "./types";

/** Codes of what goes wrong in the browser, beside those of the routes and of the worker. */
export const BROWSER_CODES = [
  "NO_CONNECTION", // the server cannot be reached
  "NO_ANSWER", // it took too long
  "BAD_ANSWER", // it answered what cannot be understood
  "UPLOAD_FAILED", // the bucket did not take the video
  "VIDEO_INCOMPLETE", // the file ends before its last frame
  "VIDEO_UNDECODABLE", // its pictures cannot be decoded, though this browser knows how
  "TRIM_FAILED", // the browser could not cut the video
  "FILE_GONE", // a link to a file has ended
  "FILE_DAMAGED", // a file is not what the result says of it
  "FILE_ELSEWHERE", // a file lies where the page cannot reach it
  "STOPPED", // the person stopped it
  "PAGE_FAILED", // a fault of the page
] as const;

export type AnyCode = Code | (typeof BROWSER_CODES)[number];

/** What a call of the page's own ends with where it does not succeed. */
export class ApiFailure extends Error {
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(`${error.code}: ${error.message}`);
    this.name = "ApiFailure";
    this.error = error;
  }
}

export function failure(code: AnyCode, message: string, retryAfterS?: number): ApiFailure {
  return new ApiFailure(retryAfterS === undefined ? { code, message } : { code, message, retryAfterS });
}

/** Whatever was thrown, as an error that can be shown. */
export function errorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiFailure) return thrown.error;
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
  if (name === "AbortError") return { code: "STOPPED", message: "It was stopped." };
  return { code: "PAGE_FAILED", message: "This page failed unexpectedly." };
}
