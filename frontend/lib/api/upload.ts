import { failure } from "./failure";
import type { UploadTicket } from "./types";

const STALLED_MS = 60_000; // without a byte on its way
const PAUSES_MS = [1000, 4000]; // before it is tried again

/**
 * Puts a file where a ticket says, and tries again where the network or the bucket failed.
 *
 * @param onProgress takes 0 to 100 while it goes up
 * @param pause waits so many milliseconds
 * @throws ApiFailure UPLOAD_FAILED; the signal's reason if that was aborted
 */
export async function put(
  ticket: UploadTicket,
  file: Blob,
  onProgress: (percent: number) => void,
  signal?: AbortSignal,
  pause: (ms: number, signal?: AbortSignal) => Promise<void> = pauseFor,
): Promise<void> {
  for (const next of [...PAUSES_MS, null]) {
    signal?.throwIfAborted();
    const status = await send(ticket, file, onProgress, signal);
    if (status >= 200 && status < 300) return;
    const mayPass = status === 0 || status === 429 || status >= 500;
    if (next === null || !mayPass) throw refusal(status);
    await pause(next, signal);
  }
}

function refusal(status: number) {
  if (status === 0) return failure("UPLOAD_FAILED", "The connection to the bucket was lost.");
  return failure("UPLOAD_FAILED", `The bucket did not take the video (status ${status}).`);
}

/** The HTTP status; 0 where the network failed or nothing moved for a minute. XHR alone tells how far it is. */
function send(
  { url, method, headers }: UploadTicket,
  file: Blob,
  onProgress: (percent: number) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled = setTimeout(() => request.abort(), STALLED_MS);
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop);
    request.upload.onprogress = ({ loaded }) => {
      moved();
      onProgress(file.size > 0 ? Math.min(100, (100 * loaded) / file.size) : 100);
    };
    request.onloadend = () => {
      clearTimeout(stalled);
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(signal.reason);
      else resolve(request.status);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}

function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
