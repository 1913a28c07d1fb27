/** The clock of a loop that draws; replaced in tests. */
export interface LoopClock {
  request: (callback: (nowMs: number) => void) => number;
  cancel: (id: number) => void;
}

const browserClock: LoopClock = {
  request: (callback) => requestAnimationFrame(callback),
  cancel: (id) => cancelAnimationFrame(id),
};

const LONGEST_S = 0.25; // a longer time between two pictures counts as this: a pause is not made up for

/** Calls `tick` at each picture of the screen, while there is something to do and somebody to see it. */
export interface DrawLoop {
  /** Something has changed: one tick at least. */
  wake(): void;
  /** Nothing is called while it is not seen; what was due then comes after. */
  setSeen(seen: boolean): void;
  end(): void;
}

/**
 * @param tick gets the seconds since the last picture, 0 at the first after a rest; true keeps it going.
 */
export function newLoop(tick: (elapsedS: number) => boolean, clock: LoopClock = browserClock): DrawLoop {
  let pending: number | null = null;
  let lastMs: number | null = null;
  let seen = true;
  let due = false;
  let ended = false;

  function request(): void {
    if (pending === null && seen && !ended) pending = clock.request(run);
  }

  function run(nowMs: number): void {
    pending = null;
    due = false;
    const elapsed = lastMs === null ? 0 : Math.min((nowMs - lastMs) / 1000, LONGEST_S);
    lastMs = nowMs;
    if (tick(Math.max(elapsed, 0))) due = true;
    if (due) request();
    else lastMs = null;
  }

  function stop(): void {
    if (pending !== null) clock.cancel(pending);
    pending = null;
    lastMs = null;
  }

  return {
    wake() {
      due = true;
      request();
    },
    setSeen(now) {
      seen = now;
      if (!seen) stop();
      else if (due) request();
    },
    end() {
      ended = true;
      stop();
    },
  };
}
