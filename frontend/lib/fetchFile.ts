import { failure } from "@/lib/api/failure";
import type { File } from "@/lib/contract/result";
import { outputFileOf } from "@/lib/contract/worker";

/**
 * Fetches a file of a result, and holds it to its size and hash.
 *
 * @param file at an address, a data: or blob: URL, or a path of this page's own
 * @param onBytes takes how many bytes of it have come
 * @throws ApiFailure FILE_ELSEWHERE, FILE_GONE, FILE_DAMAGED or NO_CONNECTION; the signal's reason
 */
export async function fetchFile(
  file: File,
  onBytes: (bytes: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Blob> {
  if (file.url === null) throw failure("FILE_GONE", `There is no link to ${file.name}.`);
  if (!/^(https?:|data:|blob:|\/)/.test(file.url)) {
    throw failure("FILE_ELSEWHERE", `${file.name} lies on the worker’s own disk.`);
  }
  const bytes = await bytesAt(file.url, file.name, onBytes, signal);
  if (bytes.length !== file.bytes || !(await hasHash(bytes, file.sha256))) {
    throw failure("FILE_DAMAGED", `${file.name} did not arrive whole.`);
  }
  return new Blob([bytes], { type: outputFileOf(file.name)?.media_type ?? "application/octet-stream" });
}

async function bytesAt(
  url: string,
  name: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, { credentials: "omit", signal: signal ?? null });
    if (!response.ok) throw failure("FILE_GONE", `The link to ${name} no longer works.`);
    return await read(response, onBytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error && error.name === "ApiFailure") throw error;
    throw failure("NO_CONNECTION", `${name} could not be fetched.`);
  }
}

async function read(response: Response, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value);
    length += part.value.length;
    onBytes(length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Without https browsers cannot hash: the size has to do then. */
async function hasHash(bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}
