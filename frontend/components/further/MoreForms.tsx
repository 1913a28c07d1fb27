"use client";

import { useEffect } from "react";
import { toldOf } from "@/components/job/told";
import { useWorkers } from "@/components/job/useWorkers";
import { Bar } from "@/components/ui/Bar";
import { ApiProblem } from "@/components/upload/ApiProblem";
import type { Result } from "@/lib/contract/result";
import { saveResult } from "@/lib/history";
import { isOver, type JobState } from "@/lib/job/state";
import { useJob } from "@/lib/job/useJob";
import { formOf, formsFor } from "./forms";
import styles from "./MoreForms.module.css";
import type { Further } from "./useFurther";

/** What else can be made of a result, and the jobs that make it. */
export function MoreForms({ further }: { further: Further }) {
  const { result, jobs, sending, error, make, done, drop } = further;
  const forms = formsFor(result);
  if (forms.length === 0 && jobs.length === 0) return null;
  return (
    <section className={styles.root} aria-labelledby="more">
      <h3 id="more" className={styles.title}>
        More forms
      </h3>
      <p className="hint">Made of this mesh in seconds, without animating it again.</p>
      {jobs.map((id) => (
        <FurtherJob key={id} id={id} onDone={done} onDrop={drop} />
      ))}
      {error && <ApiProblem error={error} />}
      <ul className={styles.list}>
        {forms.map((form) => (
          <li key={form.name} className={styles.row}>
            <div className={styles.words}>
              <p>{form.title}</p>
              <p className="hint">{sentence(form.about)}</p>
            </div>
            <button
              type="button"
              className="button"
              disabled={sending !== null}
              onClick={() => make(form)}
              aria-label={`Make ${form.title}`}
            >
              {sending === form.name ? "Sending" : "Make"}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface JobProps {
  id: string;
  onDone: (id: string, result: Result) => void;
  onDrop: (id: string) => void;
}

/** One that was asked for, until its file is among the others; one that came to nothing, until it is put away. */
function FurtherJob({ id, onDone, onDrop }: JobProps) {
  const { state, cancel } = useJob(id);
  const { phase } = state;
  const result = phase.name === "done" ? phase.result : null;
  useEffect(() => {
    if (result === null || formOf(result) === undefined) return;
    void saveResult(id, result);
    onDone(id, result);
  }, [id, result, onDone]);
  if (result !== null && formOf(result)) return null;
  if (!isOver(phase)) return <Running state={state} onCancel={cancel} />;
  return (
    <div className={styles.job} role="alert">
      {phase.name === "failed" && <ApiProblem error={phase.error} />}
      {result?.warnings.map(({ code, message }) => (
        <p key={code + message}>{message}</p>
      ))}
      {ENDS[phase.name] !== undefined && <p>{ENDS[phase.name]}</p>}
      <button type="button" className="button" onClick={() => onDrop(id)}>
        Put away
      </button>
    </div>
  );
}

const ENDS: Record<string, string> = {
  cancelled: "It was cancelled.",
  timed_out: "The worker gave no answer in time.",
  expired: "Its result is no longer kept.",
};

function Running({ state, onCancel }: { state: JobState; onCancel: () => void }) {
  const { phase } = state;
  const workers = useWorkers(phase.name === "queued" || phase.name === "cold");
  const percent = phase.name === "running" ? (phase.progress?.percent ?? null) : null;
  return (
    <div className={styles.job}>
      <p role="status">{toldOf(state, workers).title}</p>
      <Bar percent={percent} label="Progress of the further file" />
      <button type="button" className="button" disabled={phase.name === "cancelling"} onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
