"use client";

import Link from "next/link";
import { useEffect } from "react";
import { CopyButton } from "@/components/ui/CopyButton";
import { Icon } from "@/components/ui/Icon";
import { PageHead } from "@/components/ui/PageHead";
import { find } from "@/lib/history";
import { isOver } from "@/lib/job/state";
import { useJob } from "@/lib/job/useJob";
import { DoneJob } from "./DoneJob";
import { EditAgain, missingFor } from "./EditAgain";
import { EndedJob } from "./EndedJob";
import { RunningJob } from "./RunningJob";
import { useDraft } from "./useDraft";
import { useName } from "./useName";

/** A job from its queue to its files. */
export function JobPage({ id }: { id: string }) {
  const { state, cancel, retryNow } = useJob(id);
  const draft = useDraft(id);
  const name = useName(id);
  const { phase } = state;
  const missing = missingFor(draft);

  useEffect(() => {
    document.title = `${titleOf(phase.name)} · ${name ?? "ActionMesh Worker"}`;
  }, [phase.name, name]);

  return (
    <>
      <PageHead
        title={name ?? "A shared job"}
        actions={
          <>
            {phase.name === "done" && <EditAgain id={id} draft={draft} />}
            <CopyButton text={() => location.href}>Copy link</CopyButton>
            <Link href="/" className="button">
              <Icon name="plus" size={18} />
              New mesh
            </Link>
          </>
        }
      >
        <p>{titleOf(phase.name)}</p>
        {isOver(phase) && missing !== null && <p className="hint">{missing}</p>}
      </PageHead>
      {phase.name === "done" ? (
        <DoneJob id={id} result={phase.result} name={name ?? "mesh"} draft={draft} />
      ) : isOver(phase) ? (
        <EndedJob id={id} phase={phase} draft={draft} />
      ) : (
        <RunningJob
          state={state}
          draft={draft}
          name={name}
          startedMs={name === null ? null : (find(id)?.createdAt ?? null)}
          onCancel={cancel}
          onRetry={retryNow}
        />
      )}
    </>
  );
}

const TITLES: Record<string, string> = {
  asking: "Looking for the job",
  queued: "Waiting",
  cold: "Waiting",
  running: "In progress",
  cancelling: "Being cancelled",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  timed_out: "Timed out",
  expired: "No longer kept",
};

function titleOf(phase: string): string {
  return TITLES[phase] ?? "";
}
