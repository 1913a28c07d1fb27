import type { ApiError, JobView, Progress } from "@/lib/api/types";
import type { Result } from "@/lib/contract/result";
import type { End } from "@/lib/history/entry";

/** A job that has waited longer than this waits for a GPU to start. */
export const COLD_AFTER_MS = 20_000;

/** Where a job stands. Percents are 0 to 100; times are milliseconds since 1970. */
export type Phase =
  // in the studio, before there is a job
  | { name: "idle" }
  | { name: "validating" }
  | { name: "trimming"; percent: number }
  | { name: "uploading"; percent: number }
  | { name: "submitting" }
  // the job
  | { name: "asking" } // it has an id, and nothing is known of it yet
  | { name: "queued"; sinceMs: number }
  | { name: "cold"; sinceMs: number }
  | { name: "running"; progress: Progress | null } // null until the worker's first report
  | { name: "cancelling"; before: Phase }
  // its end
  | { name: "done"; result: Result }
  | { name: "failed"; error: ApiError }
  | { name: "cancelled" }
  | { name: "timed_out" }
  | { name: "expired" };

export interface JobState {
  /** null until it was submitted. */
  id: string | null;
  phase: Phase;
  /** How often it was given to another worker because one was lost. */
  retries: number;
  /** lost: several calls in a row have failed; it is tried again at `retryAtMs`. */
  connection: "ok" | "lost";
  retryAtMs: number | null;
  /** Why the last call failed; null if it did not. */
  trouble: ApiError | null;
  /** Why the job could not be cancelled, where that was tried. */
  cancelError: ApiError | null;
}

export type JobEvent =
  | {
      type: "prepare";
      phase: Extract<Phase, { name: "validating" | "trimming" | "uploading" | "submitting" }>;
    }
  | { type: "submitted"; id: string; nowMs: number }
  /** A job of before is looked for. */
  | { type: "opened"; id: string }
  /** Its result was found in the browser. */
  | { type: "restored"; id: string; result: Result }
  /** What the server said of it; `submittedMs` is when it was submitted, where that is known. */
  | { type: "view"; view: JobView; nowMs: number; submittedMs?: number | undefined }
  /** A call failed for good. */
  | { type: "refused"; error: ApiError }
  /** A call failed, and is tried again. */
  | { type: "trouble"; error: ApiError; lost: boolean; retryAtMs: number }
  | { type: "cancel" }
  | { type: "cancel_failed"; error: ApiError }
  | { type: "tick"; nowMs: number }
  | { type: "reset" };

export const IDLE: JobState = {
  id: null,
  phase: { name: "idle" },
  retries: 0,
  connection: "ok",
  retryAtMs: null,
  trouble: null,
  cancelError: null,
};

const ENDS: readonly End[] = ["done", "failed", "cancelled", "timed_out", "expired"];

/** Whether nothing more comes of a job. */
export function isOver(phase: Phase): phase is Extract<Phase, { name: End }> {
  return (ENDS as readonly string[]).includes(phase.name);
}

/** What becomes of a job's state. What makes no sense in it changes nothing: the same state comes back. */
export function reduce(state: JobState, event: JobEvent): JobState {
  switch (event.type) {
    case "reset":
      return IDLE;
    case "opened":
      return { ...IDLE, id: event.id, phase: { name: "asking" } };
    case "submitted":
      return { ...IDLE, id: event.id, phase: { name: "queued", sinceMs: event.nowMs } };
    case "prepare":
      return state.id === null ? { ...IDLE, phase: event.phase } : state;
    default:
      return isOver(state.phase) ? state : ofLiveJob(state, event);
  }
}

type LiveEvent = Exclude<JobEvent, { type: "reset" | "opened" | "submitted" | "prepare" }>;

function ofLiveJob(state: JobState, event: LiveEvent): JobState {
  switch (event.type) {
    case "restored":
      return event.id === state.id ? ended(state, { name: "done", result: event.result }) : state;
    case "view":
      return event.view.id === state.id ? seen(state, event) : state;
    case "refused":
      return ended(state, refusedAs(event.error));
    case "trouble": {
      const { error, lost, retryAtMs } = event;
      return { ...state, trouble: error, connection: lost ? "lost" : state.connection, retryAtMs };
    }
    case "cancel":
      if (state.id === null || state.phase.name === "cancelling") return state;
      return { ...state, phase: { name: "cancelling", before: state.phase }, cancelError: null };
    case "cancel_failed":
      if (state.phase.name !== "cancelling") return state;
      return { ...state, phase: state.phase.before, cancelError: event.error };
    case "tick":
      return { ...state, phase: cooled(state.phase, event.nowMs) };
  }
}

function refusedAs(error: ApiError): Phase {
  return error.code === "JOB_EXPIRED" ? { name: "expired" } : { name: "failed", error };
}

function ended(state: JobState, phase: Phase): JobState {
  return { ...state, phase, connection: "ok", retryAtMs: null, trouble: null, cancelError: null };
}

function seen(state: JobState, event: Extract<JobEvent, { type: "view" }>): JobState {
  const { view } = event;
  const next: JobState = {
    ...state,
    retries: view.retries ?? state.retries,
    connection: "ok",
    retryAtMs: null,
    trouble: null,
  };
  const end = endOf(view);
  if (end !== null) return ended(next, end);
  const before = state.phase.name === "cancelling" ? state.phase.before : state.phase;
  const phase = livePhase(before, event);
  return {
    ...next,
    phase: state.phase.name === "cancelling" ? { name: "cancelling", before: phase } : phase,
  };
}

function endOf({ status, result, error }: JobView): Phase | null {
  switch (status) {
    case "COMPLETED":
      if (result !== undefined) return { name: "done", result };
      return failed("RESULT_LOST", "The job has ended without a result that can be read.");
    case "FAILED":
      return error ? { name: "failed", error } : failed("WORKER_FAILED", "The worker did not say why.");
    case "CANCELLED":
      return { name: "cancelled" };
    case "TIMED_OUT":
      return { name: "timed_out" };
    default:
      return null;
  }
}

function failed(code: string, message: string): Phase {
  return { name: "failed", error: { code, message } };
}

/** A job that had run and waits again has lost its worker: its wait begins anew. */
function livePhase(before: Phase, { view, nowMs, submittedMs }: Extract<JobEvent, { type: "view" }>): Phase {
  if (view.status === "IN_PROGRESS") {
    const known = before.name === "running" ? before.progress : null;
    return { name: "running", progress: view.progress ?? known };
  }
  const waiting = before.name === "queued" || before.name === "cold";
  const sinceMs = waiting ? before.sinceMs : before.name === "running" ? nowMs : (submittedMs ?? nowMs);
  return cooled({ name: "queued", sinceMs }, nowMs);
}

function cooled(phase: Phase, nowMs: number): Phase {
  if (phase.name !== "queued" || nowMs - phase.sinceMs < COLD_AFTER_MS) return phase;
  return { name: "cold", sinceMs: phase.sinceMs };
}
