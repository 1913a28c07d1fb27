"use client";

import { useEffect, useRef } from "react";
import { toldOf } from "@/components/job/told";
import { useWorkers } from "@/components/job/useWorkers";
import { titleOf } from "@/components/result/facts";
import { Bar } from "@/components/ui/Bar";
import { BusyButton } from "@/components/ui/BusyButton";
import { Notice } from "@/components/ui/Notice";
import { spaced } from "@/components/ui/words";
import type { Result } from "@/lib/contract/result";
import { isOver } from "@/lib/job/state";
import { type Job, useJob } from "@/lib/job/useJob";
import { ApiProblem } from "./ApiProblem";
import styles from "./SubjectCheck.module.css";

export interface Asks {
  /** Whether part, frames or marks are others than those that were checked. */
  outdated: boolean;
  /** Whether nothing can be sent now. */
  busy: boolean;
  /** The subject is right: make the mesh. */
  onTake: () => void;
  /** It is not: mark it. null where it cannot be marked. */
  onMark: (() => void) | null;
  onAgain: () => void;
  onClose: () => void;
}

interface Props extends Asks {
  id: string;
  /** The worker's engine, as the check told it. */
  onEngine: (engine: string) => void;
}

/** What the worker takes for the subject, asked before a mesh is made of it: a job of masks alone, followed here. */
export function SubjectCheck({ id, onEngine, ...asks }: Props) {
  const job = useJob(id);
  const { phase } = job.state;
  const engine = phase.name === "done" ? phase.result.engine : null;
  useEffect(() => {
    if (engine !== null) onEngine(engine);
  }, [engine, onEngine]);
  return <CheckView job={job} {...asks} />;
}

/** The check of a subject as it stands. */
export function CheckView({ job: { state, cancel, retryNow }, ...asks }: Asks & { job: Job }) {
  const { phase } = state;
  const over = isOver(phase);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    void over; // when it begins, and when it has ended
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [over]);
  return (
    <section className={styles.root} aria-labelledby="check">
      <h2 id="check" ref={heading} tabIndex={-1} className={styles.title}>
        {phase.name === "done" ? "Is this the subject?" : "Checking the subject"}
      </h2>
      {!over && <Waiting job={state} onCancel={cancel} onRetry={retryNow} />}
      {phase.name === "done" && <Found result={phase.result} {...asks} />}
      {phase.name === "failed" && <ApiProblem error={phase.error} />}
      {(phase.name === "timed_out" || phase.name === "expired") && <p>The worker gave no answer in time.</p>}
      {phase.name === "cancelled" && <p>The check was cancelled.</p>}
      {over && phase.name !== "done" && <Actions {...asks} />}
    </section>
  );
}

interface WaitingProps {
  job: Job["state"];
  onCancel: () => void;
  onRetry: () => void;
}

function Waiting({ job, onCancel, onRetry }: WaitingProps) {
  const workers = useWorkers(job.phase.name === "queued" || job.phase.name === "cold");
  const { title, detail } = toldOf(job, workers);
  const before = job.phase.name === "cancelling" ? job.phase.before : job.phase;
  const percent = before.name === "running" ? (before.progress?.percent ?? null) : null;
  const lost = job.connection === "lost";
  return (
    <>
      <p role="status">{lost ? "The connection is lost. This page tries again by itself." : title}</p>
      {detail !== undefined && <p className="hint">{detail}</p>}
      {job.cancelError && <ApiProblem error={job.cancelError} />}
      <Bar percent={percent} label="Progress of the check" />
      <div className={styles.actions}>
        {lost && (
          <button type="button" className="button" onClick={onRetry}>
            Try now
          </button>
        )}
        <BusyButton className="button" busy={job.phase.name === "cancelling"} onClick={onCancel}>
          Cancel the check
        </BusyButton>
      </div>
    </>
  );
}

function Found({ result, ...asks }: Asks & { result: Result }) {
  const sheet = result.files.masks_preview?.url;
  const doubts = result.warnings.filter(({ code }) => titleOf(code) !== null);
  return (
    <>
      {sheet ? <Sheet url={sheet} /> : <p>The worker has no picture of it.</p>}
      <p className="hint">
        The outline in every frame is what the mesh is made of; what is paler is left out.
      </p>
      {doubts.map(({ code, message }) => (
        <Notice key={code + message} kind="warn" title={titleOf(code) ?? ""}>
          <p>{spaced(message)}</p>
        </Notice>
      ))}
      {asks.outdated && <p role="status">Part, frames or marks have changed since this was made.</p>}
      <Actions {...asks} found />
    </>
  );
}

/** The frames on one sheet, which a click shows as large as the window. */
function Sheet({ url }: { url: string }) {
  const large = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className={styles.open}
        title="Show it large"
        onClick={() => large.current?.showModal()}
      >
        {/* biome-ignore lint/performance/noImgElement: a picture of the worker */}
        <img
          src={url}
          alt="The frames that are taken, each with the outline of what is taken for the subject; all else is paler."
          className={styles.sheet}
        />
      </button>
      <dialog ref={large} className={styles.large} aria-label="The frames, large">
        <button
          type="button"
          className={styles.open}
          onClick={() => large.current?.close()}
          aria-label="Close"
        >
          {/* biome-ignore lint/performance/noImgElement: a picture of the worker */}
          <img src={url} alt="" className={styles.sheet} />
        </button>
      </dialog>
    </>
  );
}

/** What was found can be taken as long as it would be found again. */
function Actions({
  outdated,
  busy,
  found = false,
  onTake,
  onMark,
  onAgain,
  onClose,
}: Asks & { found?: boolean }) {
  return (
    <div className={styles.actions}>
      {found && !outdated && (
        <button type="button" className="button button-primary" disabled={busy} onClick={onTake}>
          Yes, make the mesh
        </button>
      )}
      {outdated || !found ? (
        <button type="button" className="button button-primary" disabled={busy} onClick={onAgain}>
          Check again
        </button>
      ) : null}
      {onMark !== null && (
        <button type="button" className="button" onClick={onMark}>
          {found ? "No, mark it" : "Mark it"}
        </button>
      )}
      <button type="button" className="button button-quiet" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
