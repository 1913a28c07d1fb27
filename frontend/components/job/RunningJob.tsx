"use client";

import { ProgressView } from "@/components/progress/ProgressView";
import { LazyPlayer } from "@/components/ui/LazyPlayer";
import { ApiProblem } from "@/components/upload/ApiProblem";
import type { JobState } from "@/lib/job/state";
import { ClipWhileWaiting } from "./ClipWhileWaiting";
import { toldOf } from "./told";
import type { FoundDraft } from "./useDraft";

interface Props {
  state: JobState;
  draft: FoundDraft | null;
  /** null of a job that this browser did not start. */
  name: string | null;
  onCancel: () => void;
  onRetry: () => void;
}

/** A job that waits or runs, with the best picture of it that there is: the early mesh, else the clip. */
export function RunningJob({ state, draft, name, onCancel, onRetry }: Props) {
  const { phase } = state;
  const before = phase.name === "cancelling" ? phase.before : phase;
  const progress = before.name === "running" ? (before.progress ?? undefined) : undefined;
  const early = progress?.animationUrl ?? progress?.anchorMeshUrl;
  const what = progress?.animationUrl === undefined ? "first frame" : "so far";
  return (
    <>
      {state.cancelError && <ApiProblem error={state.cancelError} />}
      <ProgressView
        {...toldOf(state)}
        progress={progress}
        listed={name !== null}
        cancelling={phase.name === "cancelling"}
        onCancel={onCancel}
        lost={state.connection === "lost" ? { onRetry } : undefined}
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
