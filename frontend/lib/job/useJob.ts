"use client";

import { useCallback, useEffect, useReducer, useRef } from "react";
import { cancelJob, errorOf, getJob } from "@/lib/api/client";
import type { Result } from "@/lib/contract/result";
import { find, loadResult, update } from "@/lib/history";
import { haveEnded } from "@/lib/links";
import { type Polling, poll } from "./poller";
import { COLD_AFTER_MS, IDLE, isOver, type JobEvent, type JobState, reduce } from "./state";
import { PAGE, type Surroundings } from "./surroundings";
import { isWanted } from "./wanted";

export interface Job {
  state: JobState;
  /** Asks for its end. */
  cancel: () => void;
  /** Asks how it stands, at once. */
  retryNow: () => void;
}

interface Options {
  /** Where its result may be kept: as that of this id. */
  keptAs?: string;
  around?: Surroundings;
}

/**
 * Follows a job to its end, through reloads, sleep and lost networks. A result that this browser kept is shown from
 * there, and the server is not asked. Several jobs are several hooks.
 *
 * @param id null where there is none yet
 */
export function useJob(id: string | null, { keptAs = id ?? "", around = PAGE }: Options = {}): Job {
  const [state, dispatch] = useReducer(reduce, IDLE);
  const polling = useRef<Polling | null>(null);

  useEffect(() => {
    if (id === null) return dispatch({ type: "reset" });
    dispatch({ type: "opened", id });
    return follow(id, keptAs, dispatch, polling, around);
  }, [id, keptAs, around]);

  const { phase } = state;
  useEffect(() => {
    if (phase.name !== "queued") return;
    const left = phase.sinceMs + COLD_AFTER_MS - around.nowMs();
    return around.after(Math.max(0, left), () => dispatch({ type: "tick", nowMs: around.nowMs() }));
  }, [phase, around]);

  useEffect(() => {
    if (id === null || state.id !== id || !isOver(phase)) return;
    polling.current?.stop();
    update(id, { end: phase.name, ...(phase.name === "done" ? known(phase.result) : {}) });
  }, [id, state.id, phase]);

  const cancel = useCallback(() => {
    if (id === null) return;
    dispatch({ type: "cancel" });
    cancelJob(id).then(
      (view) => {
        dispatch({ type: "view", view, nowMs: around.nowMs() });
        polling.current?.askNow();
      },
      (thrown) => dispatch({ type: "cancel_failed", error: errorOf(thrown) }),
    );
  }, [id, around]);

  const retryNow = useCallback(() => polling.current?.askNow(), []);
  return { state, cancel, retryNow };
}

/** What the history notes of a job that is done; a result that was there before, or of masks alone, took no time. */
function known({ engine, cached, seconds_per_frame, timings_s, source }: Result) {
  const seconds = Object.values(timings_s).reduce((sum, taken) => sum + taken, 0);
  return cached || seconds_per_frame == null || source === null
    ? { engine }
    : { engine, secondsPerFrame: seconds / source.timestamps_s.length };
}

/** A kept result; where its links have ended with new ones, if the server has them. */
async function withLinks(id: string, kept: Result, around: Surroundings): Promise<Result> {
  if (!haveEnded(kept, around.nowMs())) return kept;
  return getJob(id).then(
    ({ result }) => result ?? kept,
    () => kept,
  );
}

/** Looks for a kept result, else asks the server. What it gives ends that. */
function follow(
  id: string,
  keptAs: string,
  dispatch: (event: JobEvent) => void,
  polling: { current: Polling | null },
  around: Surroundings,
): () => void {
  let over = false;
  let release = () => {};
  const submittedMs = find(id)?.createdAt;
  loadResult(keptAs).then((kept) => {
    if (over) return kept?.release();
    if (kept !== null) {
      release = kept.release;
      return withLinks(id, kept.result, around).then(
        (result) => over || dispatch({ type: "restored", id, result }),
      );
    }
    polling.current = poll(
      id,
      (signal) => getJob(id, signal),
      {
        view: (view) => dispatch({ type: "view", view, nowMs: around.nowMs(), submittedMs }),
        trouble: (error, lost, retryAtMs) => dispatch({ type: "trouble", error, lost, retryAtMs }),
        refused: (error) => dispatch({ type: "refused", error }),
      },
      { ...around, isHidden: () => around.isHidden() && !isWanted(id) },
    );
  });
  return () => {
    over = true;
    polling.current?.stop();
    polling.current = null;
    release();
  };
}
