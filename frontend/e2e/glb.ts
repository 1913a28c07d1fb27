import { unzipSync } from "fflate";
import { validateBytes } from "gltf-validator";

/** The files of a zip, by name. */
export function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  return unzipSync(bytes);
}

/** What Khronos's validator finds wrong with a GLB: codes, none if it is valid. */
export async function faultsOf(glb: Uint8Array): Promise<string[]> {
  const { issues } = await validateBytes(glb, { maxIssues: 0 });
  return issues.numErrors === 0 ? [] : issues.messages.map(({ code }) => code);
}
