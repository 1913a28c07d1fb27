import { WORKER } from "@/lib/contract/worker";
import { KNOBS, type Knob } from "./knobs";

/** Settings that belong together, under a name for people. */
export interface Group {
  name: string;
  /** What they are for. */
  about: string;
  knobs: readonly Knob[];
}

const GROUPS: readonly { name: string; about: string; knobs: readonly string[] }[] = [
  { name: "Files", about: "What is made, and for which programs.", knobs: ["outputs", "blender_export"] },
  {
    name: "How the mesh is stored",
    about: "Its size against how many programs open it.",
    knobs: ["animated_mesh_profile", "keyframe_error"],
  },
  { name: "Colour", about: "Paints the mesh with the video.", knobs: ["texture", "texture_size"] },
  {
    name: "Frames and time",
    about: "Which frames are taken, and whether the end leads to the start.",
    knobs: ["fps", "max_frames", "loop"],
  },
  { name: "Subject", about: "How it is told from what is behind it.", knobs: ["masks"] },
  {
    name: "Shape",
    about: "How fine the first mesh is.",
    knobs: ["face_decimation", "stage_0_steps", "floaters_threshold", "anchor_idx"],
  },
  {
    name: "Motion",
    about: "How closely it follows the video.",
    knobs: ["stage_1_steps", "guidance_scale", "subsampling", "windows", "overlap"],
  },
  { name: "Doing it again", about: "Whether the same comes out.", knobs: ["seed", "cache"] },
];

/**
 * The advanced settings in groups, those that people want first.
 *
 * @param engine the worker's, where it is known: settings that only another heeds are left out
 */
export function groupsFor(engine: string | null): Group[] {
  const known = engine === null ? undefined : WORKER.engines[engine];
  const others = Object.values(WORKER.engines).flatMap(({ options }) => options);
  const isHeeded = (name: string) =>
    known === undefined || known.options.includes(name) || !others.includes(name);
  return GROUPS.map(({ knobs, ...group }) => ({
    ...group,
    knobs: knobs.filter(isHeeded).flatMap((name) => KNOBS.filter((knob) => knob.name === name)),
  })).filter(({ knobs }) => knobs.length > 0);
}
