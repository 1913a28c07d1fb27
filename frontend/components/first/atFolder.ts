import type { File, Result } from "@/lib/contract/result";

/** A result of local storage, whose addresses are relative to it, with addresses in a folder of this site. */
export function atFolder(result: Result, folder: string): Result {
  const place = (file: File): File => (file.url === null ? file : { ...file, url: `${folder}/${file.url}` });
  const files = Object.entries<File | File[] | null | undefined>({ ...result.files }).map(([kind, found]) => [
    kind,
    Array.isArray(found) ? found.map(place) : found && place(found),
  ]);
  return { ...result, files: Object.fromEntries(files) };
}
