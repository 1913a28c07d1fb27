import type { File, Result } from "@/lib/contract/result";

/** A file of the result, or several of one kind, with what they are. */
export interface Entry {
  title: string;
  what: string;
  files: File[];
}

const PROFILES = {
  default: "For Blender 3.4 or newer, three.js, Unity",
  compact: "Compressed with meshopt: for the web",
  exact: "32-bit, for whatever knows morph targets",
} as const;

/** The result's files in the order in which people want them; those that were not made are left out. */
export function entriesOf(result: Result): Entry[] {
  const { files, animated_mesh_info: info } = result;
  const profile = info ? PROFILES[info.profile] : "";
  const all: [string, string, File | null | undefined | File[]][] = [
    ["Animated mesh", `GLB with every frame as a key. ${profile}`, files.animated_mesh],
    ["Animated mesh, USDZ", "For Apple’s Quick Look and tools that speak USD", files.usdz],
    ["Blender", "The .blend, and Blender’s own GLB", files.blender],
    ["A mesh per frame", "GLB each, all of one topology", files.meshes],
    ["Preview video", "Your clip beside the mesh, from several sides", files.preview],
    ["Preview loop", "A small moving picture for chats and pages", files.preview_webp],
    ["Poster", "The mesh at its clearest", files.poster],
    ["Masks", "What was taken for the subject, a PNG per frame", files.masks],
    ["Archive", "All of it as the worker packed it", files.archive],
  ];
  return all
    .map(([title, what, found]) => ({ title, what, files: listed(found) }))
    .filter((entry) => entry.files.length > 0);
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
