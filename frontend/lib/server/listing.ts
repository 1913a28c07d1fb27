import { readBytes } from "./body";
import { presigned } from "./presign";
import type { Bucket } from "./settings";

const CALL_S = 60; // that a request's signature lasts
const CALL_MS = 10_000;
const LARGEST_LISTING = 2_000_000;
const MOST_PAGES = 10; // of 1000 objects each

/** An object of the bucket. */
export interface Listed {
  key: string;
  bytes: number;
}

/**
 * What lies under a prefix.
 *
 * @returns the objects, and the folders right below it, each with its slash at the end
 * @throws Error if the bucket does not answer, or not as S3 does
 */
export async function listed(
  bucket: Bucket,
  prefix: string,
  delimiter = "",
): Promise<{ objects: Listed[]; folders: string[] }> {
  const objects: Listed[] = [];
  const folders: string[] = [];
  let token: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ "list-type": "2", prefix });
    if (delimiter !== "") query.set("delimiter", delimiter);
    if (token !== null) query.set("continuation-token", token);
    const bytes = await got(bucket, `?${query}`, LARGEST_LISTING);
    if (bytes === null) throw new Error("there is no such bucket");
    const xml = new TextDecoder().decode(bytes);
    for (const one of elements(xml, "Contents")) {
      objects.push({ key: first(one, "Key") ?? "", bytes: Number(first(one, "Size") ?? Number.NaN) });
    }
    folders.push(...elements(xml, "CommonPrefixes").map((one) => first(one, "Prefix") ?? ""));
    token = first(xml, "IsTruncated") === "true" ? first(xml, "NextContinuationToken") : null;
    if (token === null) return { objects, folders };
  }
  throw new Error("there are too many objects");
}

/**
 * An object's content.
 *
 * @param path what follows the bucket's address: `/` and a key, or a query
 * @returns null where there is none
 * @throws Error if the bucket does not answer, refuses, or sends more than `limit` bytes
 */
export async function got(bucket: Bucket, path: string, limit: number): Promise<Uint8Array | null> {
  const url = await presigned(bucket, { method: "GET", url: bucket.url + path, seconds: CALL_S });
  const response = await fetch(url, {
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(CALL_MS),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const bytes = await readBytes(response.body, limit);
  if (bytes === null) throw new Error("more bytes than allowed");
  return bytes;
}

/** S3's XML is flat and has no attributes below its root. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, content]) => content ?? "");
}

function first(xml: string, name: string): string | null {
  const [content] = elements(xml, name);
  return content === undefined ? null : unescaped(content);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
}
