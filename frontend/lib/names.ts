const LONGEST = 60; // characters that are taken of a video's name

/** What files are called after: a video's name, or a title, in letters and digits of any script with hyphens. */
export function slug(name: string): string {
  const plain = name
    .replace(/\.(mp4|m4v|mov|webm|mkv)$/i, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  const short = Array.from(plain).slice(0, LONGEST).join("");
  return short.replace(/^-+|-+$/g, "") || "mesh";
}

/** A file's name in a downloads folder: mesh_000.glb of "Camel.mp4" is camel-mesh-000.glb. */
export function downloadName(fileName: string, name: string): string {
  return `${slug(name)}-${fileName.replaceAll("_", "-")}`;
}
