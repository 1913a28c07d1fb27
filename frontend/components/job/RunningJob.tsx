"use client";

import { ProgressView } from "@/components/progress/ProgressView";
import { LazyPlayer } from "@/components/ui/LazyPlayer";
import { ApiProblem } from "@/components/upload/ApiProblem";
import { OwnKeyField } from "@/components/upload/OwnKeyField";
import type { JobState } from "@/lib/job/state";
import { wordsOf } from "@/lib/words";
import { ClipWhileWaiting } from "./ClipWhileWaiting";
import { toldOf } from "./told";
import type { DoneNotice } from "./useDoneNotice";
import type { FoundDraft } from "./useDraft";
import { useElapsed } from "./useElapsed";
import { useWorkers } from "./useWorkers";

interface Props {
  state: JobState;
  draft: FoundDraft | null | undefined;
  /** null of a job that this browser did not start. */
  name: string | null;
  /** When it was started, in milliseconds since 1970; null of a job that this browser did not start. */
  startedMs: number | null;
  onCancel: () => void;
  notice: DoneNotice | null;
  onRetry: () => void;
}

/** A job that waits or runs, with the best picture of it that there is: the early mesh, else the clip. */
export function RunningJob({ state, draft, name, startedMs, onCancel, notice, onRetry }: Props) {
  const { phase } = state;
  const isWaiting = phase.name === "queued" || phase.name === "cold";
  const workers = useWorkers(isWaiting);
  const elapsedS = useElapsed(startedMs ?? (isWaiting ? phase.sinceMs : null));
  const before = phase.name === "cancelling" ? phase.before : phase;
  const progress = before.name === "running" ? (before.progress ?? undefined) : undefined;
  const early = progress?.animationUrl ?? progress?.anchorMeshUrl;
  const what = progress?.animationUrl === undefined ? "first frame" : "so far";
  return (
    <>
      {state.cancelError && <ApiProblem error={state.cancelError} />}
      <OwnKeyField code={state.cancelError?.code ?? ""} />
      <ProgressView
        {...toldOf(state, workers)}
        elapsedS={elapsedS}
        progress={progress}
        own={name !== null}
        notice={notice}
        cancelling={phase.name === "cancelling"}
        onCancel={onCancel}
        lost={state.connection === "lost" ? { onRetry, words: lostWords(state) } : undefined}
      >
        {early !== undefined ? (
          <LazyPlayer key={early} source={{ url: early }} name={`${name ?? "mesh"}, ${what}`} turning />
        ) : (
          <ClipWhileWaiting draft={draft} />
        )}
      </ProgressView>
    </>
  );
}

/** A server that has no endpoint, or none that exists, does not come back by itself. */
function lostWords({ trouble }: JobState): { title: string; text: string } {
  if (trouble?.code === "NOT_CONFIGURED") {
    const { sentence, advice } = wordsOf(trouble);
    return { title: sentence, text: advice ?? "" };
  }
  return { title: "The connection is lost", text: "The job goes on. This page tries again by itself." };
}
