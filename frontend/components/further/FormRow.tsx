"use client";

import { useEffect, useRef, useState } from "react";
import { toldOf } from "@/components/job/told";
import { useWorkers } from "@/components/job/useWorkers";
import { Bar } from "@/components/ui/Bar";
import { BusyButton } from "@/components/ui/BusyButton";
import { spaced } from "@/components/ui/words";
import { ApiProblem } from "@/components/upload/ApiProblem";
import { OwnKeyField } from "@/components/upload/OwnKeyField";
import { errorOf } from "@/lib/api/failure";
import type { ApiError } from "@/lib/api/types";
import { isOver, type JobState } from "@/lib/job/state";
import { useJob } from "@/lib/job/useJob";
import { type Form, has } from "./forms";
import styles from "./MoreForms.module.css";
import { send } from "./send";
import { type Further, keptAs, LEFT } from "./useFurther";

interface Props {
  form: Form;
  further: Further;
  /** Its file has come while one looked on, and the row goes. */
  onMade: (title: string, hadFocus: boolean) => void;
}

/**
 * A form with a button that makes it, and one beside it that cancels that: pressed again, none does anything else.
 * Nothing is shown of a form whose file is there.
 */
export function FormRow({ form, further, onMade }: Props) {
  const { id, own, askedOf, sending: toBeSent, sent, notSent, ended } = further;
  const asked = askedOf(form);
  const job = asked && "job" in asked ? asked.job : null;
  const why = asked && "why" in asked ? asked.why : null;
  const { state, cancel } = useJob(job, { keptAs: keptAs(id, job ?? "") });
  const [sending, setSending] = useState<AbortController | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const row = useRef<HTMLLIElement>(null);
  const title = useRef<HTMLParagraphElement>(null);
  const hadCancel = useRef(false);
  const wasLive = useRef(false);
  const { phase } = state;
  const end = job !== null && state.id === job && isOver(phase) ? phase : null;
  const isLive = sending !== null || (job !== null && (end === null || end.name === "done"));

  useEffect(() => {
    if (phase.name === "queued" || phase.name === "running") wasLive.current = true;
  }, [phase.name]);
  useEffect(() => {
    if (job === null || end === null) return;
    const hadFocus = row.current?.contains(document.activeElement) ?? false;
    ended(form, job, end);
    if (wasLive.current && end.name === "done" && has(end.result, form)) onMade(form.title, hadFocus);
    wasLive.current = false;
  }, [form, job, end, ended, onMade]);

  useEffect(() => {
    if (isLive || !hadCancel.current) return;
    hadCancel.current = false;
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true }); // Cancel is gone
  }, [isLive]);

  async function make() {
    const stop = new AbortController();
    setSending(stop);
    setError(null);
    toBeSent(form);
    try {
      sent(form, await send(id, own, form, why !== null && why !== LEFT, stop.signal));
    } catch (thrown) {
      notSent(form);
      if (!stop.signal.aborted) setError(errorOf(thrown));
    }
    setSending((now) => (now === stop ? null : now));
  }

  function stop() {
    if (sending === null) return cancel();
    sending.abort();
    setSending(null);
  }

  if (has(further.result, form)) return null;
  const failed = end?.name === "failed" ? end.error : state.cancelError;
  const problem = sending === null ? (error ?? failed) : null;
  const label = isLive ? "Making" : problem !== null || why !== null ? "Try again" : "Make";
  return (
    <li className={styles.row} ref={row}>
      <div className={styles.words}>
        <p ref={title} tabIndex={-1}>
          {form.title}
        </p>
        <p className="hint">{sentence(form.about)}</p>
      </div>
      <div className={styles.buttons}>
        {isLive && (
          <BusyButton
            className="button"
            aria-label={`Cancel ${form.title}`}
            busy={phase.name === "cancelling"}
            onFocus={() => {
              hadCancel.current = true;
            }}
            onClick={stop}
          >
            Cancel
          </BusyButton>
        )}
        <BusyButton
          className="button"
          aria-label={`${label} ${form.title}`}
          busy={isLive}
          onKeyDown={(event) => event.repeat && event.preventDefault()} // held down it is pressed once
          onClick={() => void make()}
        >
          {label}
        </BusyButton>
      </div>
      {isLive && <Running state={state} sending={sending !== null} title={form.title} />}
      {!isLive && end !== null && ENDS[end.name] !== undefined && (
        <p className={styles.wide}>{ENDS[end.name]}</p>
      )}
      {!isLive && why !== null && <p className={styles.wide}>{spaced(why)}</p>}
      {problem !== null && (
        <div className={styles.wide}>
          <ApiProblem error={problem} advice={ADVICE[problem.code]} />
          <OwnKeyField code={problem.code} />
        </div>
      )}
    </li>
  );
}

const ENDS: Record<string, string> = {
  cancelled: "It was cancelled.",
  timed_out: "The worker gave no answer in time.",
  expired: "Its result is no longer kept.",
};

/** Where the usual words are those of a video. */
const ADVICE: Record<string, string> = {
  TOO_LARGE: "Make the mesh again with fewer frames or faces.",
  NOT_A_MESH: "Make the mesh again.",
  INVALID_INPUT: "Whoever runs this page has to see to it: the worker may be older than the page.",
};

function Running({ state, sending, title }: { state: JobState; sending: boolean; title: string }) {
  const { phase } = state;
  const workers = useWorkers(phase.name === "queued" || phase.name === "cold");
  const percent = phase.name === "running" ? (phase.progress?.percent ?? null) : null;
  const words = phase.name === "running" ? "Making it" : toldOf(state, workers).title;
  const lost = state.connection === "lost" && "The connection is lost. This page tries again by itself.";
  return (
    <div className={styles.wide}>
      <p role="status">{sending ? "Sending the mesh" : lost || words}</p>
      <Bar percent={sending ? null : percent} label={`Progress of ${title}`} />
    </div>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
