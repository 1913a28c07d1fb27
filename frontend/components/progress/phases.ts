/** The worker's stages, gathered under what a person follows. Both engines' are there. */
export const PHASES = [
  { name: "Read the video", stages: ["fetch", "sample"] },
  { name: "Find the subject", stages: ["masks"] },
  { name: "Build the mesh", stages: ["mesh", "stage_0", "extraction", "context"] },
  { name: "Follow the motion", stages: ["track", "surface", "stage_1", "stage_2"] },
  { name: "Write the files", stages: ["texture", "export", "preview", "upload"] },
] as const;

/** The phase that a stage belongs to, counted from 0; -1 for a stage that is not known. */
export function phaseOf(stage: string): number {
  return PHASES.findIndex(({ stages }) => (stages as readonly string[]).includes(stage));
}
