import type { File, Result } from "@/lib/contract/result";
import { OUTPUT_FILES } from "@/lib/contract/worker";

/** A file of the result, or several of one kind, with what they are. */
export interface Entry {
  title: string;
  what: string;
  files: File[];
}

const PROFILES: Record<string, string> = {
  standard: " For every tool that knows morph targets.",
  quantized: " 16-bit: for Blender 3.4 or newer, three.js, Babylon.js.",
  compact: " Compressed with meshopt: for the web.",
};

/** The result's files in the order in which people want them; those that were not made are left out. */
export function entriesOf(result: Result): Entry[] {
  const info = result.animated_mesh_info;
  return OUTPUT_FILES.filter(
    ({ field }, index) => OUTPUT_FILES.findIndex((row) => row.field === field) === index,
  )
    .map(({ field, title, about }) => ({
      title,
      what: sentence(about) + ((field === "animated_mesh" && info && PROFILES[info.profile]) || ""),
      files: listed(result.files[field as keyof Result["files"]]),
    }))
    .filter((entry) => entry.files.length > 0);
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function listed(found: File | null | undefined | File[]): File[] {
  return Array.isArray(found) ? found : found ? [found] : [];
}

/** What goes into one zip: the files that can be had, but for the worker's own archive; and their size in bytes. */
export function downloadable(entries: Entry[]): { files: File[]; bytes: number } {
  const files = entries
    .flatMap((entry) => entry.files)
    .filter((file) => file.url !== null && file.name !== "archive.zip");
  return { files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
