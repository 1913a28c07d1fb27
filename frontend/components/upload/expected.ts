import { roughly } from "@/components/ui/words";
import { WORKER, windowsOf } from "@/lib/contract/worker";
import type { Entry, Mode } from "@/lib/history";

/**
 * How long a job will take, in words: as this browser's last one of the mode did, or as Meta states for 16 frames;
 * empty where neither is known.
 */
export function expectedTime(mode: Mode, frames: number, history: readonly Entry[]): string {
  const last = history.find((entry) => entry.mode === mode && entry.secondsPerFrame !== undefined);
  if (last?.secondsPerFrame !== undefined) {
    return `Takes about ${roughly(frames * last.secondsPerFrame)}, as your last job of this quality did.`;
  }
  const { seconds } = WORKER.engines.actionmesh.modes[mode];
  if (seconds === null) return "";
  const [least, most] = seconds.map((of16) => roughly(of16 * windowsOf(frames)));
  const span = least === most ? least : `${least} to ${most}`.replace(/ (\w+)( to .* \1)$/, "$2");
  return `Takes about ${span} with ActionMesh on an H100.`;
}
