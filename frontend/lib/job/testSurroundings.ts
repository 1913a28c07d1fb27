import type { Surroundings } from "./surroundings";

/** Surroundings whose clock the test turns. */
export interface TestSurroundings extends Surroundings {
  /** Lets so many milliseconds pass, with all that is due in them. */
  pass(ms: number): Promise<void>;
  hide(): void;
  /** Shows the page again. */
  show(): Promise<void>;
  /** The network is back. */
  online(): Promise<void>;
  /** Milliseconds until the next thing is due; null if nothing is. */
  due(): number | null;
}

export function testSurroundings(random = 0.5): TestSurroundings {
  let nowMs = 1_000_000;
  let hidden = false;
  const timers = new Set<{ atMs: number; then: () => void }>();
  const wakers = new Set<() => void>();
  const next = () => [...timers].sort((a, b) => a.atMs - b.atMs)[0];
  const wake = async () => {
    for (const waker of wakers) waker();
    await settled();
  };
  return {
    nowMs: () => nowMs,
    random: () => random,
    isHidden: () => hidden,
    after: (ms, then) => {
      const timer = { atMs: nowMs + ms, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onWake: (then) => {
      wakers.add(then);
      return () => wakers.delete(then);
    },
    pass: async (ms) => {
      const end = nowMs + ms;
      for (let timer = next(); timer && timer.atMs <= end; timer = next()) {
        nowMs = Math.max(nowMs, timer.atMs);
        timers.delete(timer);
        timer.then();
        await settled();
      }
      nowMs = end;
    },
    hide: () => {
      hidden = true;
    },
    show: async () => {
      hidden = false;
      await wake();
    },
    online: wake,
    due: () => {
      const timer = next();
      return timer ? timer.atMs - nowMs : null;
    },
  };
}

/** Lets promises that are settled be heard. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
