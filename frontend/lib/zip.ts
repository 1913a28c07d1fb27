import { zipSync } from "fflate";

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
