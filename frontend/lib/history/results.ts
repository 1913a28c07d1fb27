import { allFiles } from "@/lib/allFiles";
import type { File, Result } from "@/lib/contract/result";
import { fetchFile } from "@/lib/fetchFile";
import { haveEnded } from "@/lib/links";
import { drop, dropSurplus, keysOf, putFor } from "./room";
import type { Shelf, Thing } from "./shelf";

const LARGEST_BYTES = 80_000_000; // of a file that is kept

/** How far a result is kept: with all its files, without some that could not be fetched, or not at all. */
export type Saved = "kept" | "in part" | "no room";

export interface Kept {
  /** Its files have addresses that work for now; null where a link has ended and the file was not kept. */
  result: Result;
  /** Ends these addresses. */
  release: () => void;
}

/** What lies under `{id}/result`; `keptAt` is in milliseconds since 1970. */
interface Stored {
  result: Result;
  keptAt: number;
}

const underWay = new Map<string, Promise<Saved>>();

/**
 * Keeps a result, with its animated mesh, poster and preview, beyond RunPod's half hour and its links' end. What is
 * kept already is not fetched again. It never throws.
 */
export function save(shelf: Shelf, id: string, result: Result, nowMs = Date.now()): Promise<Saved> {
  const running =
    underWay.get(id) ??
    saved(shelf, id, result, nowMs)
      .catch((): Saved => "no room")
      .finally(() => underWay.delete(id));
  underWay.set(id, running);
  return running;
}

async function saved(shelf: Shelf, id: string, result: Result, nowMs: number): Promise<Saved> {
  const names = await keysOf(shelf, id);
  const isThere = names.includes(`${id}/result`);
  if (!isThere && allFiles(result.files).some(({ url }) => url?.startsWith("blob:"))) return "no room"; // it was just removed
  const missing = filesToKeep(result).filter(({ name }) => !names.includes(`${id}/${name}`));
  const answers = await Promise.allSettled(missing.map((file) => fetchFile(file)));
  const things: Thing[] = answers.flatMap((answer, index) =>
    answer.status === "fulfilled" ? [[`${id}/${missing[index]?.name}`, answer.value] as const] : [],
  );
  const state: Saved = things.length === missing.length ? "kept" : "in part";
  if (!isThere) things.push([`${id}/result`, { result, keptAt: nowMs } satisfies Stored]);
  if (things.length === 0) return state;
  if (!(await putFor(shelf, id, things))) return "no room";
  await dropSurplus(shelf, id);
  return state;
}

/** A kept result; null where there is none. It never throws. */
export async function load(shelf: Shelf, id: string, nowMs = Date.now()): Promise<Kept | null> {
  try {
    const stored = (await shelf.get(`${id}/result`)) as Stored | undefined;
    if (stored === undefined) return null;
    const blobs = new Map<string, Blob>();
    for (const { name } of filesToKeep(stored.result)) {
      const blob = await shelf.get(`${id}/${name}`);
      if (blob instanceof Blob) blobs.set(name, blob);
    }
    return addressed(stored.result, blobs, nowMs);
  } catch {
    return null;
  }
}

/** Keeps a small picture of a job. It never throws. */
export async function saveThumbnail(shelf: Shelf, id: string, picture: Blob): Promise<void> {
  await putFor(shelf, id, [[`${id}/thumbnail`, picture]]).catch(() => false);
}

/** A small picture of a job: what was kept as one, else its poster; null where there is none. It never throws. */
export async function loadThumbnail(shelf: Shelf, id: string): Promise<Blob | null> {
  try {
    const picture = await shelf.get(`${id}/thumbnail`);
    if (picture instanceof Blob) return picture;
    const stored = (await shelf.get(`${id}/result`)) as Stored | undefined;
    const poster = stored?.result.files.poster;
    if (!poster) return null;
    if (poster.url?.startsWith("data:")) return await fetchFile(poster);
    const kept = await shelf.get(`${id}/${poster.name}`);
    return kept instanceof Blob ? kept : null;
  } catch {
    return null;
  }
}

/** Removes all that is kept of a job. It never throws. */
export async function remove(shelf: Shelf, id: string): Promise<void> {
  await drop(shelf, id).catch(() => undefined);
}

/** Those that are worth it. A data: URL is in the result itself. */
function filesToKeep({ files }: Result): File[] {
  return [files.animated_mesh, files.poster, files.preview].filter(
    (file): file is File => !!file && /^https?:/.test(file.url ?? "") && file.bytes <= LARGEST_BYTES,
  );
}

function addressed(result: Result, blobs: ReadonlyMap<string, Blob>, nowMs: number): Kept {
  const urls: string[] = [];
  const ended = haveEnded(result, nowMs);
  const withAddress = (file: File): File => {
    const blob = blobs.get(file.name);
    if (blob === undefined) return ended && !file.url?.startsWith("data:") ? { ...file, url: null } : file;
    const url = URL.createObjectURL(blob);
    urls.push(url);
    return { ...file, url };
  };
  const entries = Object.entries(result.files).map(([kind, found]: [string, File | File[] | null]) => [
    kind,
    Array.isArray(found) ? found.map(withAddress) : found && withAddress(found),
  ]);
  return {
    result: { ...result, files: Object.fromEntries(entries) as Result["files"] },
    release: () => {
      for (const url of urls) URL.revokeObjectURL(url);
    },
  };
}
