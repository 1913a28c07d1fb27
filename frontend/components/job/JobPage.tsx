"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { CompareLink } from "@/components/history/CompareLink";
import { CopyButton } from "@/components/ui/CopyButton";
import { Icon } from "@/components/ui/Icon";
import { PageHead } from "@/components/ui/PageHead";
import { useArrived } from "@/components/ui/useArrived";
import { useFocusHere } from "@/components/ui/useFocusHere";
import { find } from "@/lib/history";
import { isOver, type Phase } from "@/lib/job/state";
import { useJob } from "@/lib/job/useJob";
import { DoneJob } from "./DoneJob";
import { EditAgain, missingFor } from "./EditAgain";
import { EndedJob } from "./EndedJob";
import { RunningJob } from "./RunningJob";
import { useDoneNotice } from "./useDoneNotice";
import { useDraft } from "./useDraft";
import { useName } from "./useName";

/** A job from its queue to its files. */
export function JobPage({ id }: { id: string }) {
  const { state, cancel, retryNow } = useJob(id);
  const draft = useDraft(id);
  const name = useName(id);
  const { phase } = state;
  const arrived = useArrived();
  const fresh = useWasLive(phase) && isOver(phase);
  const isNew = phase.name === "done" ? fresh : arrived && !isOver(phase);
  const heading = useFocusHere<HTMLHeadingElement>(isNew, isOver(phase) ? "over" : "live");
  const missing = missingFor(draft);
  const standing = standingOf(phase);
  const notice = useDoneNotice(id, phase, { title: name ?? "ActionMesh Worker", body: standing });

  useEffect(() => {
    document.title = `${standing} · ${name ?? "ActionMesh Worker"}`;
  }, [standing, name]);

  return (
    <>
      <PageHead
        heading={heading}
        title={name ?? "A shared job"}
        actions={
          <>
            {phase.name === "done" && <CompareLink id={id} />}
            {phase.name === "done" && <EditAgain id={id} draft={draft} />}
            <CopyButton text={() => location.href}>Copy link</CopyButton>
            <Link href="/" className="button">
              <Icon name="plus" size={18} />
              New mesh
            </Link>
          </>
        }
      >
        <p>{TITLES[phase.name]}</p>
        {isOver(phase) && missing !== null && <p className="hint">{missing}</p>}
      </PageHead>
      {phase.name === "done" ? (
        <DoneJob id={id} result={phase.result} name={name ?? "mesh"} draft={draft} />
      ) : isOver(phase) ? (
        <EndedJob id={id} phase={phase} draft={draft} fresh={fresh} />
      ) : (
        <RunningJob
          state={state}
          draft={draft}
          name={name}
          startedMs={name === null ? null : (find(id)?.createdAt ?? null)}
          onCancel={cancel}
          notice={notice}
          onRetry={retryNow}
        />
      )}
    </>
  );
}

/** Whether the job waited or ran while this page was looking. */
function useWasLive({ name }: Phase): boolean {
  const [was, setWas] = useState(false);
  if (!was && ["queued", "cold", "running", "cancelling"].includes(name)) setWas(true);
  return was;
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

/** How a job stands, for the tab's title: with the share that is done, where it runs. */
function standingOf(phase: Phase): string {
  const progress = phase.name === "running" ? phase.progress : null;
  return progress === null ? (TITLES[phase.name] ?? "") : `${Math.floor(progress.percent)} %`;
}
