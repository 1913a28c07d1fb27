"use client";

import type { ReactNode } from "react";
import type { DoneNotice } from "@/components/job/useDoneNotice";
import { Bar } from "@/components/ui/Bar";
import { BusyButton } from "@/components/ui/BusyButton";
import { Notice } from "@/components/ui/Notice";
import { left, span } from "@/components/ui/words";
import type { Progress } from "@/lib/api/types";
import { NoticeChoice } from "./NoticeChoice";
import { Phases } from "./Phases";
import styles from "./ProgressView.module.css";
import { phaseOf } from "./phases";

interface Props {
  /** What is going on, in a few words. */
  title: string;
  /** More about it. */
  detail?: string;
  progress?: Progress | undefined;
  /** Seconds since it was started, or waits; null where that is not known. */
  elapsedS: number | null;
  /** The picture beside it: the early mesh, or the clip. */
  children: ReactNode;
  cancelling: boolean;
  /** Whether this browser has started the job: whoever only has its link cannot cancel it. */
  own: boolean;
  onCancel: () => void;
  /** Of its end; null where the browser knows none. */
  notice: DoneNotice | null;
  /** Whether the worker's answers fail to come, with what to press. */
  lost?: { onRetry: () => void; words: { title: string; text: string } } | undefined;
}

/** A job that waits or runs. */
export function ProgressView({
  title,
  detail,
  progress,
  elapsedS,
  children,
  cancelling,
  own,
  onCancel,
  notice,
  lost,
}: Props) {
  return (
    <div className={styles.view}>
      <div className={styles.picture}>{children}</div>
      <section className={`card ${styles.side}`} aria-label="Progress">
        <div className={styles.top}>
          <div>
            <p className={styles.title} role="status">
              {title}
            </p>
            {detail !== undefined && <p className="hint">{detail}</p>}
          </div>
          {progress && <p className={styles.percent}>{Math.round(progress.percent)} %</p>}
        </div>
        <Bar percent={progress?.percent ?? null} label="Progress of the job" />
        <p className={styles.eta}>
          <span>{etaOf(progress)}</span>
          {elapsedS !== null && <span>{span(elapsedS)} so far</span>}
        </p>
        <Phases current={progress ? phaseOf(progress.stage) : -1} />
        {lost && (
          <Notice
            kind="warn"
            title={lost.words.title}
            actions={
              <button type="button" className="button" onClick={lost.onRetry}>
                Try now
              </button>
            }
          >
            <p>{lost.words.text}</p>
          </Notice>
        )}
        <div className={styles.foot}>
          {notice !== null && <NoticeChoice notice={notice} />}
          {own && (
            <BusyButton className="button button-danger" busy={cancelling} onClick={onCancel}>
              {cancelling ? "Cancelling…" : "Cancel the job"}
            </BusyButton>
          )}
          <p className="hint">
            {own
              ? "You can close this page. The job goes on, and stays in the studio’s list."
              : "Somebody else has started this job. The result will be shown here."}
          </p>
        </div>
      </section>
    </div>
  );
}

function etaOf(progress: Progress | undefined): string {
  if (progress === undefined) return "";
  return progress.etaS === null ? "Working out the time left" : left(progress.etaS);
}
