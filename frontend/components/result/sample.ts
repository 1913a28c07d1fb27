import type { File, Result } from "@/lib/contract/result";
import { sampleResult } from "@/test/samples";

function file(name: string, bytes: number): File {
  return { name, url: `https://files.example/${name}`, bytes, sha256: "0".repeat(64) };
}

/** A result for tests with all that the silhouette engine gives with a bucket. */
export function wholeResult(): Result {
  return {
    ...sampleResult(),
    files: {
      meshes: [file("mesh_000.glb", 383_312), file("mesh_001.glb", 383_000)],
      animated_mesh: file("animated_mesh.glb", 1_727_396),
      preview: file("preview.mp4", 485_252),
      preview_webp: file("preview.webp", 126_352),
      poster: file("poster.png", 211_894),
      masks: [],
      usdz: null,
      blender: [],
      archive: null,
    },
    animated_mesh_info: { profile: "standard", max_error: 1.5e-8 },
    preview_renderer: "numpy",
    timings_s: { fetch: 0.1, masks: 3.4, preview: 4 },
  };
}
