import type { MeshSource } from "./types";

/** Why a mesh is not there: its link has expired, the network failed, or the file is no mesh. */
export type LoadFailure = "gone" | "network" | "unreadable";

/** A failure of loading, as an Error whose `failure` says which. */
export function loadError(failure: LoadFailure, cause?: unknown): Error & { failure: LoadFailure } {
  return Object.assign(new Error(failure, { cause }), { failure });
}

/** Which failure of loading an error is; those not foreseen mean a file that cannot be read. */
export function failureOf(error: unknown): LoadFailure {
  const failure = typeof error === "object" && error !== null && "failure" in error ? error.failure : null;
  return failure === "gone" || failure === "network" ? failure : "unreadable";
}

const GLB_MAGIC = 0x46546c67; // "glTF"
const GONE = [403, 404, 410]; // 403 is what buckets answer to an expired link

/**
 * A GLB's bytes.
 *
 * @param onShare called with the share that has come, 0 to 1, where the whole size is known.
 * @throws a `loadError`; what `signal` throws if it ends the transfer.
 */
export async function glbBytes(
  source: MeshSource,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<ArrayBuffer> {
  const bytes = "bytes" in source ? wholeBuffer(source.bytes) : await fetched(source.url, signal, onShare);
  if (bytes.byteLength < 20 || new DataView(bytes).getUint32(0, true) !== GLB_MAGIC)
    throw loadError("unreadable");
  return bytes;
}

function wholeBuffer(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes;
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

async function fetched(
  url: string,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url, { signal });
    if (GONE.includes(response.status)) throw loadError("gone");
    if (!response.ok) throw loadError("network");
    return await received(response, onShare);
  } catch (error) {
    if (signal.aborted || (error instanceof Error && "failure" in error)) throw error;
    throw loadError("network", error);
  }
}

async function received(response: Response, onShare: (share: number) => void): Promise<ArrayBuffer> {
  const total = Number(response.headers.get("content-length"));
  const encoded = response.headers.has("content-encoding"); // then the length is not that of what is read
  if (response.body === null || !(total > 0) || encoded) return response.arrayBuffer();
  const whole = new Uint8Array(total);
  let length = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > total) throw loadError("network");
    whole.set(part.value, length);
    length += part.value.length;
    onShare(length / total);
  }
  if (length < total) throw loadError("network");
  return whole.buffer;
}
