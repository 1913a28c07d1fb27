import { createHash } from "node:crypto";
import { z } from "zod";
import { allFiles } from "@/lib/allFiles";
import type { JobView } from "@/lib/api/types";
import type { File, Result } from "@/lib/contract/result";
import { isResult } from "./contract";
import { log } from "./errors";
import { got, listed } from "./listing";
import { presigned } from "./presign";
import type { Bucket } from "./settings";

/** Seconds that links live which are made here; whoever comes back later gets new ones. */
export const LINK_S = 86_400;

const LARGEST_JSON = 2_000_000;
const MOST_RUNS = 8; // of one job that are looked at
const ID = /^\w[\w-]{0,99}$/; // those that the worker takes as a folder's name as they are
const RUN = /^[0-9a-f]{32}$/;

/** The worker's manifest.json, as far as it is used. */
const MANIFEST = z.object({
  job_id: z.string(),
  created: z.string(),
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
});

/**
 * A finished job as the worker's bucket has it, `{prefix}{id}/{run}/`: of several runs the newest whose manifest,
 * result and files are all there, with links that work from now on.
 *
 * @returns null where there is none, or the bucket cannot be asked, which the log explains
 */
export async function storedView(id: string, bucket: Bucket | null): Promise<JobView | null> {
  if (!bucket?.keys || !ID.test(id)) return null;
  try {
    for (const run of await runsOf(id, bucket)) {
      const result = await wholeResult(id, run, bucket);
      if (result !== null) return { id, status: "COMPLETED", result };
    }
  } catch (error) {
    log(`the bucket cannot be asked for a job: ${error instanceof Error ? error.message : String(error)}`);
  }
  return null;
}

interface Run {
  /** Its key's beginning, with a slash at the end. */
  folder: string;
  manifest: z.infer<typeof MANIFEST>;
}

/** The runs of a job that have a manifest, the newest first. */
async function runsOf(id: string, bucket: Bucket): Promise<Run[]> {
  const place = `${bucket.prefix}${id}/`;
  const { folders } = await listed(bucket, place, "/");
  const named = folders.filter((folder) => RUN.test(folder.slice(place.length, -1))).slice(0, MOST_RUNS);
  const runs = await Promise.all(
    named.map(async (folder) => {
      const read = MANIFEST.safeParse(parsed(await got(bucket, `/${folder}manifest.json`, LARGEST_JSON)));
      return read.success && read.data.job_id === id ? [{ folder, manifest: read.data }] : [];
    }),
  );
  return runs.flat().sort((a, b) => Date.parse(b.manifest.created) - Date.parse(a.manifest.created));
}

/** Its result, if that is the one of the manifest and all its files lie there in their sizes. */
async function wholeResult(id: string, { folder, manifest }: Run, bucket: Bucket): Promise<Result | null> {
  const content = await got(bucket, `/${folder}result.json`, LARGEST_JSON);
  const hashes = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]));
  if (content === null || hashes.get("result.json") !== sha256(content)) return null;
  const result = parsed(content);
  if (!isResult(result) || result.job_id !== id) return null;
  const { objects } = await listed(bucket, folder);
  const sizes = new Map(objects.map(({ key, bytes }) => [key, bytes]));
  const isThere = ({ name, bytes }: File) => sizes.get(folder + name) === bytes && hashes.has(name);
  return allFiles(result.files).every(isThere) ? relinked(result, folder, bucket) : null;
}

/** The same result with addresses that work from now on. */
async function relinked(result: Result, folder: string, bucket: Bucket): Promise<Result> {
  const endsMs = Date.now() + LINK_S * 1000;
  const withLink = async (file: File): Promise<File> => ({
    ...file,
    url: await linkTo(folder + file.name, bucket),
  });
  const kinds = await Promise.all(
    Object.entries(result.files).map(async ([kind, found]: [string, File | File[] | null]) => [
      kind,
      Array.isArray(found) ? await Promise.all(found.map(withLink)) : found && (await withLink(found)),
    ]),
  );
  return {
    ...result,
    files: Object.fromEntries(kinds) as Result["files"],
    expires_at: bucket.publicUrl === null ? new Date(endsMs).toISOString() : null,
  };
}

async function linkTo(key: string, bucket: Bucket): Promise<string> {
  if (bucket.publicUrl !== null)
    return `${bucket.publicUrl}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return presigned(bucket, { method: "GET", url: `${bucket.url}/${key}`, seconds: LINK_S });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parsed(bytes: Uint8Array | null): unknown {
  if (bytes === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
