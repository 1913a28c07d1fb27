import { Zip, ZipDeflate, zipSync } from "fflate";

/**
 * A zip of files that are compressed already, so they are only stored. Sizes and checksums stand before each, which
 * readers that go from front to end need.
 *
 * @param files paths in the zip, each once, with what is there
 */
export async function zipOf(files: readonly (readonly [string, Blob])[]): Promise<Blob> {
  const entries = await Promise.all(
    files.map(async ([name, blob]) => [name, new Uint8Array(await blob.arrayBuffer())] as const),
  );
  return new Blob([zipSync(Object.fromEntries(entries), { level: 0 })], { type: "application/zip" });
}

/**
 * A zip of texts, which are compressed.
 *
 * @param pause awaited after each, so that the page can do other things
 */
export async function zipTexts(
  files: readonly (readonly [string, Blob])[],
  pause: () => Promise<void>,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  for (const [name, blob] of files) {
    const entry = new ZipDeflate(name);
    zip.add(entry);
    entry.push(new Uint8Array(await blob.arrayBuffer()), true);
    await pause();
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}
