import type { Result } from "@/lib/contract/result";

const file = (name: string) => ({
  name,
  url: `https://s3.example.com/${name}`,
  bytes: 4,
  sha256: "0".repeat(64),
});

/** A worker's result, in short. */
export function sampleResult(): Result {
  return {
    job_id: "sample-1",
    engine: "silhouette",
    mode: "default",
    seed: 44,
    num_frames: 16,
    fps: 7.66,
    vertices: 7992,
    faces: 15980,
    source: { duration_s: 2, width: 512, height: 384, fps: 24, frames: 48, timestamps_s: [0, 0.125] },
    files: {
      meshes: [file("mesh_000.glb")],
      animated_mesh: file("animated_mesh.glb"),
      preview: null,
      archive: null,
    },
    storage: "s3",
    cached: false,
    timings_s: { fetch: 0.1 },
    warnings: [],
    expires_at: null,
  };
}
