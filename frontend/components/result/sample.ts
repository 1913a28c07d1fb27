import type { File, Result } from "@/lib/contract/result";

function file(name: string, bytes: number): File {
  return { name, url: `https://files.example/${name}`, bytes, sha256: "0".repeat(64) };
}

/** A result for tests, as the silhouette engine gives it with a bucket. */
export function sampleResult(): Result {
  return {
    job_id: "sample",
    engine: "silhouette",
    mode: "default",
    seed: 44,
    num_frames: 16,
    fps: 7.66,
    vertices: 7992,
    faces: 15980,
    source: { duration_s: 2, width: 512, height: 384, fps: 24, frames: 48, timestamps_s: [0, 0.125] },
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
    animated_mesh_info: { profile: "default", max_error: 1.2e-5 },
    preview_renderer: "numpy",
    storage: "s3",
    cached: false,
    timings_s: { fetch: 0.1, masks: 3.4, preview: 4 },
    warnings: [],
    expires_at: null,
  };
}
