import { roughly } from "@/components/ui/words";
import type { Entry, Mode } from "@/lib/history";

/** How long a job will take, in words, as this browser's last one of the mode did; empty where there was none. */
export function expectedTime(mode: Mode, frames: number, history: readonly Entry[]): string {
  const last = history.find((entry) => entry.mode === mode && entry.secondsPerFrame !== undefined);
  if (last?.secondsPerFrame === undefined) return "";
  return `Takes about ${roughly(frames * last.secondsPerFrame)}, as your last job of this quality did.`;
}
