import { zip, zipSync } from "fflate";

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

/** A zip of texts, which are compressed apart from the page's own thread. */
export async function zipTexts(files: readonly (readonly [string, Blob])[]): Promise<Blob> {
  const entries = await Promise.all(
    files.map(async ([name, blob]) => [name, new Uint8Array(await blob.arrayBuffer())] as const),
  );
  const bytes = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    zip(Object.fromEntries(entries), { consume: true }, (error, made) =>
      error ? reject(error) : resolve(made),
    );
  });
  return new Blob([bytes], { type: "application/zip" });
}
