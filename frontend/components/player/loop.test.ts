import { beforeEach, describe, expect, it, vi } from "vitest";
import { newLoop } from "./loop";

let pending: ((nowMs: number) => void) | null;
const clock = {
  request: (callback: (nowMs: number) => void) => {
    pending = callback;
    return 1;
  },
  cancel: () => {
    pending = null;
  },
};

function frame(nowMs: number): void {
  const callback = pending;
  pending = null;
  callback?.(nowMs);
}

beforeEach(() => {
  pending = null;
});

describe("newLoop", () => {
  it("rests until it is woken, and after", () => {
    const tick = vi.fn(() => false);
    const loop = newLoop(tick, clock);
    expect(pending).toBeNull();
    loop.wake();
    loop.wake();
    frame(1000);
    expect(tick.mock.calls).toEqual([[0]]);
    expect(pending).toBeNull();
  });

  it("goes on while there is something to do, and tells the time between", () => {
    const elapsed: number[] = [];
    newLoop((seconds) => elapsed.push(seconds) < 3, clock).wake();
    for (const now of [1000, 1016, 1040]) frame(now);
    expect(elapsed).toEqual([0, expect.closeTo(0.016), expect.closeTo(0.024)]);
    expect(pending).toBeNull();
  });

  it("counts no more than a quarter of a second, and none after a rest", () => {
    const elapsed: number[] = [];
    let more = true;
    const loop = newLoop((seconds) => elapsed.push(seconds) > 0 && more, clock);
    loop.wake();
    frame(0);
    more = false;
    frame(9000);
    loop.wake();
    frame(20_000);
    expect(elapsed).toEqual([0, 0.25, 0]);
  });

  it("draws nothing that is not seen, and then what was due", () => {
    const tick = vi.fn(() => true);
    const loop = newLoop(tick, clock);
    loop.wake();
    frame(0);
    loop.setSeen(false);
    expect(pending).toBeNull();
    loop.wake();
    expect(pending).toBeNull();
    loop.setSeen(true);
    frame(5000);
    expect(tick.mock.calls).toEqual([[0], [0]]);
  });

  it("stays at rest when it is seen again and nothing was due", () => {
    const loop = newLoop(() => false, clock);
    loop.setSeen(false);
    loop.setSeen(true);
    expect(pending).toBeNull();
  });

  it("keeps a wake during its own tick", () => {
    let ticks = 0;
    const loop = newLoop(() => {
      ticks += 1;
      if (ticks === 1) loop.wake();
      return false;
    }, clock);
    loop.wake();
    frame(0);
    frame(16);
    expect(ticks).toBe(2);
    expect(pending).toBeNull();
  });

  it("ends", () => {
    const loop = newLoop(() => true, clock);
    loop.wake();
    loop.end();
    loop.wake();
    expect(pending).toBeNull();
  });
});
