import { errorOf } from "@/lib/api/failure";
import type { ApiError, JobView } from "@/lib/api/types";
import type { Surroundings } from "./surroundings";

export const FIRST_PAUSE_MS = 1000;
export const GROWTH = 1.35;
export const LONGEST_PAUSE_MS = 8000;
export const JITTER = 0.15; // so that many pages do not ask at once
export const LOST_AFTER = 5; // failures in a row
export const SLOW_PAUSE_MS = 15_000; // once the connection is lost
const STALE_MS = 5000; // a call older than this may be one that slept with the machine

const OVER: readonly JobView["status"][] = ["COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"];
/** Codes after which asking again is of no use. */
const FINAL = ["JOB_EXPIRED", "INVALID_JOB_ID"];

/** What the poller tells. */
export interface Ears {
  view(view: JobView): void;
  /** A call failed and is tried again at that time; lost: it was the fifth in a row, or a later one. */
  trouble(error: ApiError, lost: boolean, retryAtMs: number): void;
  /** The last word: the job is gone, or never was. */
  refused(error: ApiError): void;
}

export interface Polling {
  /** Asks at once, whatever was agreed, and then at the first pace. */
  askNow(): void;
  stop(): void;
}

/**
 * Milliseconds until the next call.
 *
 * @param asked how many calls there were at this pace
 * @param random 0 to 1
 */
export function pauseMs(asked: number, random: number): number {
  return jittered(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * GROWTH ** asked), random);
}

function jittered(ms: number, random: number): number {
  return ms * (1 + JITTER * (2 * random - 1));
}

/**
 * Asks how a job stands until it has ended: at once, then ever more slowly; not while it counts as hidden, and at once
 * when it is shown again or the network is back. A new status starts the pace anew.
 *
 * @param id the job's; what is said of another does not end it
 * @param ask gives the job as it stands
 */
export function poll(
  id: string,
  ask: (signal: AbortSignal) => Promise<JobView>,
  ears: Ears,
  around: Surroundings,
): Polling {
  let asked = 0;
  let failures = 0;
  let status: JobView["status"] | null = null;
  let notBeforeMs = 0; // as the server wished
  let current: { controller: AbortController; sinceMs: number } | null = null;
  let forget = () => {};
  let over = false;

  function later(ms: number) {
    forget();
    if (over || around.isHidden()) return; // waking goes on with it
    forget = around.after(ms, () => {
      if (!around.isHidden()) askNow();
    });
  }

  function stop() {
    over = true;
    forget();
    unsubscribe();
    current?.controller.abort();
    current = null;
  }

  function askNow() {
    if (over) return;
    forget();
    current?.controller.abort();
    const mine = { controller: new AbortController(), sinceMs: around.nowMs() };
    current = mine;
    const isMine = (): boolean => {
      if (current !== mine) return false; // stopped, or overtaken
      current = null;
      return true;
    };
    ask(mine.controller.signal).then(
      (view) => isMine() && onView(view),
      (thrown) => isMine() && onFailure(errorOf(thrown)),
    );
  }

  function onView(view: JobView) {
    failures = 0;
    notBeforeMs = 0;
    if (view.status !== status) asked = 0;
    status = view.status;
    if (view.id === id && OVER.includes(view.status)) stop();
    ears.view(view);
    later(pauseMs(asked++, around.random()));
  }

  function onFailure(error: ApiError) {
    if (FINAL.includes(error.code)) {
      stop();
      return ears.refused(error);
    }
    failures += 1;
    const lost = failures >= LOST_AFTER;
    const usual = lost ? jittered(SLOW_PAUSE_MS, around.random()) : pauseMs(asked++, around.random());
    const wished = (error.retryAfterS ?? 0) * 1000;
    const ms = Math.max(usual, wished);
    notBeforeMs = wished > 0 ? around.nowMs() + wished : 0;
    ears.trouble(error, lost, around.nowMs() + ms);
    later(ms);
  }

  function wake() {
    if (over || around.isHidden()) return;
    const nowMs = around.nowMs();
    if (current !== null && nowMs - current.sinceMs < STALE_MS) return;
    if (nowMs < notBeforeMs) return later(notBeforeMs - nowMs);
    hurry();
  }

  function hurry() {
    asked = 0;
    askNow();
  }

  const unsubscribe = around.onWake(wake);
  askNow();
  return { askNow: hurry, stop };
}
