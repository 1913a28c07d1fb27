import { type Mode, WORKER } from "@/lib/contract/worker";

export interface ModeWords {
  mode: Mode;
  name: string;
  quality: string;
  memory: string;
  /** What Meta states for ActionMesh on an H100; null where it states none. */
  time: string | null;
}

const WORDS: readonly Pick<ModeWords, "mode" | "name" | "quality">[] = [
  { mode: "default", name: "Best", quality: "All steps, the most detail." },
  { mode: "fast", name: "Fast", quality: "Half the steps, a little less detail." },
  { mode: "low_ram", name: "Best, small GPU", quality: "All steps, slower." },
  { mode: "fast_low_ram", name: "Fast, small GPU", quality: "Half the steps, a little less detail." },
];

/** The modes in words, with the memory and the time that the worker states. */
export const MODES: readonly ModeWords[] = WORDS.map((words) => {
  const { gpu_gb, seconds } = WORKER.engines.actionmesh.modes[words.mode];
  return { ...words, memory: `${gpu_gb} GB`, time: seconds && `${[...new Set(seconds)].join("–")} s` };
});
