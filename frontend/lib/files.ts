import type { File, Result } from "@/lib/contract/result";
import { outputFileOf } from "@/lib/contract/worker";
import { allFiles } from "./allFiles";
import { fetchFile } from "./fetchFile";
import { downloadName, slug } from "./names";
import { zipOf } from "./zip";

export { fetchFile } from "./fetchFile";
export { downloadName, slug } from "./names";

const AT_ONCE = 4; // files fetched
const RELEASE_MS = 60_000; // until when a browser has surely taken what it saves

type OnPercent = (percent: number) => void;

/**
 * Saves a file of a result under a name that makes sense in a downloads folder.
 *
 * @param name what the result is called, such as its video's name
 * @param onPercent takes 0 to 100
 * @throws ApiFailure as `fetchFile`
 */
export async function saveFile(
  file: File,
  name: string,
  onPercent: OnPercent = () => {},
  signal?: AbortSignal,
): Promise<void> {
  const blob = await fetchFile(file, (bytes) => onPercent(percentOf(bytes, file.bytes)), signal);
  saveAs(blob, downloadName(file.name, name));
}

/**
 * Saves all files of a result that have an address, and result.json, as one zip. The worker's own archive would be in
 * it twice, and is left out.
 */
export async function saveZip(
  result: Result,
  name: string,
  onPercent: OnPercent = () => {},
  signal?: AbortSignal,
): Promise<void> {
  saveAs(await zipResult(result, name, onPercent, signal), `${slug(name)}.zip`);
}

/** The zip of `saveZip`. @throws ApiFailure as `fetchFile` */
export async function zipResult(
  result: Result,
  name: string,
  onPercent: OnPercent = () => {},
  signal?: AbortSignal,
): Promise<Blob> {
  const { archive: _, ...kinds } = result.files;
  const files = allFiles(kinds).filter(({ url }) => url !== null);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const come = new Map<string, number>();
  const fetchOne = async (file: File): Promise<[string, Blob]> => {
    const tell = (bytes: number) => {
      come.set(file.name, bytes);
      onPercent(
        percentOf(
          [...come.values()].reduce((sum, count) => sum + count, 0),
          total,
        ),
      );
    };
    return [placeOf(file.name, name), await fetchFile(file, tell, signal)];
  };
  const found = await inTurn(files, AT_ONCE, fetchOne);
  const described = JSON.stringify(withPlaces(result, name), null, 2);
  return zipOf([...found, ["result.json", new Blob([described])]]);
}

/** Where a file is in the zip: those of which there are many have a folder. */
function placeOf(fileName: string, name: string): string {
  const row = outputFileOf(fileName);
  return (row?.is_many ? `${row.field}/` : "") + downloadName(fileName, name);
}

/** The result as it is in the zip: addresses are places in it, for links are secrets and end. */
function withPlaces(result: Result, name: string): Result {
  const placed = (file: File): File => ({
    ...file,
    url: file.url === null ? null : placeOf(file.name, name),
  });
  const entries = Object.entries(result.files).map(([kind, found]: [string, File | File[] | null]) => [
    kind,
    kind === "archive" ? null : Array.isArray(found) ? found.map(placed) : found && placed(found),
  ]);
  return {
    ...result,
    files: Object.fromEntries(entries) as Result["files"],
    storage: "local",
    expires_at: null,
  };
}

/** Does something to all of many, so many at a time; the first failure ends it. The order is kept. */
async function inTurn<Item, Done>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = [];
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < items.length && !hasFailed) {
      const index = next++;
      done[index] = await work(items[index] as Item).catch((error) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** Hands something to the browser to save. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS);
}

function percentOf(bytes: number, total: number): number {
  return total > 0 ? Math.min(100, (100 * bytes) / total) : 100;
}
