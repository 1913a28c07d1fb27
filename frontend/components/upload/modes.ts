import type { Mode } from "./choices";

export interface ModeWords {
  mode: Mode;
  name: string;
  quality: string;
  memory: string;
  /** What Meta states for ActionMesh on an H100; null where it states none. */
  time: string | null;
}

/** The modes in words. Memory and time are those of README's table, which a test holds them to. */
export const MODES: readonly ModeWords[] = [
  {
    mode: "default",
    name: "Best",
    quality: "All steps, the most detail.",
    memory: "24 GB",
    time: "75–115 s",
  },
  {
    mode: "fast",
    name: "Fast",
    quality: "Half the steps, a little less detail.",
    memory: "16 GB",
    time: "45 s",
  },
  { mode: "low_ram", name: "Best, small GPU", quality: "All steps, slower.", memory: "12 GB", time: null },
  {
    mode: "fast_low_ram",
    name: "Fast, small GPU",
    quality: "Half the steps, a little less detail.",
    memory: "12 GB",
    time: "60 s",
  },
];
