import { count, span } from "@/components/ui/words";
import { MODES } from "@/components/upload/modes";
import type { Result } from "@/lib/contract/result";

export interface Fact {
  name: string;
  value: string;
}

const ENGINES: Record<string, string> = { actionmesh: "ActionMesh", silhouette: "Silhouette (2.5D)" };

/** What a person may want to know of a result, in order. */
export function factsOf(result: Result): Fact[] {
  const seconds = Object.values(result.timings_s).reduce((sum, value) => sum + value, 0);
  const mode = MODES.find((words) => words.mode === result.mode)?.name ?? result.mode;
  return [
    { name: "Frames", value: String(result.num_frames) },
    { name: "Speed", value: `${result.fps.toFixed(2).replace(/\.?0+$/, "")} frames/s` },
    // a job of masks alone has no mesh
    ...(result.vertices > 0
      ? [
          { name: "Vertices", value: count(result.vertices) },
          { name: "Faces", value: count(result.faces) },
        ]
      : []),
    ...colourFact(result),
    ...rigFact(result),
    ...loopFact(result),
    { name: "Engine", value: ENGINES[result.engine] ?? result.engine },
    // the silhouette engine knows no modes
    ...(result.engine === "actionmesh" ? [{ name: "Quality", value: mode }] : []),
    { name: "Seed", value: String(result.seed) },
    // how long it took then, the answer to an equal job does not say
    result.cached ? { name: "Made", value: "Earlier" } : { name: "Made in", value: span(seconds) },
    { name: "From", value: sourceOf(result) },
  ];
}

function sourceOf({ source }: Result): string {
  return source
    ? `${source.width} × ${source.height}, ${span(source.duration_s)}`
    : "The mesh of an earlier result";
}

/** How much of the surface has colours that the video shows; nothing where it has none of the video's. */
function colourFact({ texture }: Result): Fact[] {
  if (!texture) return [];
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const shares = [
    `${percent(texture.seen)} seen`,
    ...(texture.mirrored >= 0.005 ? [`${percent(texture.mirrored)} mirrored`] : []),
    ...(texture.guessed >= 0.005 ? [`${percent(texture.guessed)} guessed`] : []),
  ];
  return [{ name: "Colour", value: `From the video: ${shares.join(", ")}` }];
}

/** How near the rigged mesh comes to the other; nothing where there is none. */
function rigFact({ rigged_mesh_info: rig }: Result): Fact[] {
  if (!rig) return [];
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  return [
    { name: "Rig", value: `${rig.bones} joints, error ${percent(rig.rms)}, at most ${percent(rig.max)}` },
  ];
}

/** How the motion was made into a cycle; nothing where it was not. */
function loopFact({ loop_info: loop }: Result): Fact[] {
  if (!loop) return [];
  return [{ name: "Loop", value: `${loop.keys} keys, moved by at most ${(100 * loop.error).toFixed(2)} %` }];
}

/** Warnings that tell of the mesh itself; the others tell how it was delivered. */
const TITLES: Record<string, string> = {
  MASK_FRAMES_REPLACED: "The subject was lost in some frames",
  MASK_LOW_CONFIDENCE: "The outline is uncertain",
  MASK_NETWORK_MISSING: "The outline was found without the network",
  MASK_SECOND_TRY: "The outline took a second try",
  MESH_AT_REST: "Your mesh was taken at rest",
  MESH_COLOURS_DROPPED: "Some colours were dropped",
  COLOUR_PROFILE_IGNORED: "The colours may be off",
  LOOP_UNLIKE: "The loop does not close well",
  SEAMS: "The motion may jerk",
  SHAPE_DRIFTS: "The shape changes a lot",
  TEXTURE_DOUBTFUL: "The colours may be misplaced",
  TEXTURE_SKIPPED: "The mesh has no colours from the video",
  VIDEO_DAMAGED: "A part of the video is missing",
};

/** The heading of a warning that tells of the mesh itself; null of one that only tells how it was delivered. */
export function titleOf(code: string): string | null {
  return TITLES[code] ?? null;
}
