import { about } from "@/components/ui/words";
import { type Mode, WORKER, windowsOf } from "@/lib/contract/worker";

/** What people choose between; whether the GPU is small is asked apart. */
export const QUALITIES = [
  { name: "Best", what: "The most detail.", mode: "default", small: "low_ram" },
  { name: "Fast", what: "A little less detail.", mode: "fast", small: "fast_low_ram" },
] as const satisfies readonly { name: string; what: string; mode: Mode; small: Mode }[];

/** Whether a mode is one for a small GPU. */
export function isSmall(mode: Mode): boolean {
  return QUALITIES.some(({ small }) => small === mode);
}

/** The mode with the other answer to that. */
export function withSmall(mode: Mode, wanted: boolean): Mode {
  const quality = QUALITIES.find((one) => one.mode === mode || one.small === mode) ?? QUALITIES[0];
  return wanted ? quality.small : quality.mode;
}

/** Whether an engine makes more than one quality; one that is not known may. */
export function hasQualities(engine: string | null): boolean {
  const modes = engine === null ? undefined : WORKER.engines[engine]?.modes;
  return modes === undefined || Object.values(modes).some(({ gpu_gb }) => gpu_gb !== null);
}

/** How long a mode takes for so many frames, as ActionMesh's authors state it; null where they do not. */
export function timeOf(mode: Mode, frames: number): string | null {
  const { seconds } = WORKER.engines.actionmesh.modes[mode];
  if (seconds === null) return null;
  return about(((seconds[0] + seconds[1]) / 2) * windowsOf(frames));
}

/** Every mode with its name. */
export const MODES: readonly { mode: Mode; name: string }[] = QUALITIES.flatMap(({ name, mode, small }) => [
  { mode, name },
  { mode: small, name: `${name}, saving memory` },
]);
