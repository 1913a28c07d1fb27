import { RouteError } from "./errors";
import { isLight } from "./shape";

/**
 * The bytes of a body, of at most `limit`.
 *
 * @returns null where there are more; the rest is then left alone
 */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  return Buffer.concat(parts);
}

/**
 * The JSON body of a request. What would hold up the server while it is parsed is not parsed.
 *
 * @param limit the most bytes, counted by the header and again while reading
 * @throws RouteError if it is too large, holds too many values, is no JSON or is not called that
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json *(;|$)/i.test(type))
    throw new RouteError(415, "BAD_JSON", "Send application/json.");
  const tooLarge = new RouteError(413, "TOO_LARGE", `The request is larger than ${limit} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge;
  const bytes = await readBytes(request.body, limit);
  if (bytes === null) throw tooLarge;
  if (!isLight(bytes)) throw new RouteError(413, "TOO_LARGE", "The request holds too many values.");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new RouteError(400, "BAD_JSON", "The request is not JSON.");
  }
}
