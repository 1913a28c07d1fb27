import { describe, expect, it } from "vitest";
import {
  advance,
  atShare,
  between,
  durationOf,
  keyOf,
  newPlayback,
  pause,
  play,
  shareOf,
  step,
  toKey,
  withLoop,
  withSpeed,
} from "./playback";

const TIMES = [0, 0.1, 0.2, 0.3, 0.4];
const start = newPlayback(TIMES);

describe("between", () => {
  it("finds the keys around a time", () => {
    expect(between(TIMES, 0.25)).toEqual({ key: 2, share: expect.closeTo(0.5) });
    expect(between(TIMES, 0)).toEqual({ key: 0, share: 0 });
    expect(between(TIMES, 0.4)).toEqual({ key: 4, share: 0 });
  });

  it("stays within the keys", () => {
    expect(between(TIMES, -1)).toEqual({ key: 0, share: 0 });
    expect(between(TIMES, 9)).toEqual({ key: 4, share: 0 });
    expect(between([0], 3)).toEqual({ key: 0, share: 0 });
  });

  it("heeds uneven keys", () => {
    expect(between([0, 1, 4], 2.5)).toEqual({ key: 1, share: 0.5 });
  });
});

describe("keyOf", () => {
  it.each([
    [0, 0],
    [0.049, 0],
    [0.051, 1],
    [0.39, 4],
  ])("takes the nearest key at %f s: %i", (timeS, key) => {
    expect(keyOf({ keyTimes: TIMES, timeS })).toBe(key);
  });
});

describe("a share of the whole", () => {
  it("is the same of two animations of different lengths", () => {
    const longer = newPlayback([0, 1, 3]);
    expect(atShare(longer, shareOf({ ...start, timeS: 0.3 })).timeS).toBeCloseTo(2.25);
    expect(shareOf(newPlayback([0]))).toBe(0);
    expect(atShare(play(longer), 1)).toMatchObject({ timeS: 3, playing: false });
  });
});

describe("advance", () => {
  it("does nothing while paused, or where there is nothing to play", () => {
    expect(advance(start, 1)).toBe(start);
    expect(play(newPlayback([0])).playing).toBe(false);
  });

  it("goes at its speed", () => {
    expect(advance(withSpeed(play(start), 0.5), 0.2).timeS).toBeCloseTo(0.1);
  });

  it("goes around from the start where the motion loops", () => {
    const around = newPlayback(TIMES, "around");
    expect(advance(play({ ...around, timeS: 0.35 }), 0.1)).toMatchObject({
      timeS: expect.closeTo(0.05),
      direction: 1,
    });
  });

  it("goes to and fro", () => {
    const back = advance(play({ ...start, timeS: 0.35 }), 0.1);
    expect(back).toMatchObject({ timeS: expect.closeTo(0.35), direction: -1, playing: true });
    const forth = advance(back, 0.4);
    expect(forth).toMatchObject({ timeS: expect.closeTo(0.05), direction: 1 });
  });

  it("goes to and fro over several ends at once", () => {
    expect(advance(play(start), 0.9)).toMatchObject({ timeS: expect.closeTo(0.1), direction: 1 });
    expect(advance(play(start), 1.3)).toMatchObject({ timeS: expect.closeTo(0.3), direction: -1 });
    const backwards = { ...play(start), timeS: 0.1, direction: -1 as const };
    expect(advance(backwards, 0.6)).toMatchObject({ timeS: expect.closeTo(0.3), direction: -1 });
  });

  it("agrees with many small steps, whatever the way", () => {
    const whole = advance(play(start), 2.75);
    let small = play(start);
    for (let i = 0; i < 275; i++) small = advance(small, 0.01);
    expect(small.timeS).toBeCloseTo(whole.timeS, 6);
    expect(small.direction).toBe(whole.direction);
  });

  it("goes around", () => {
    expect(advance(withLoop(play({ ...start, timeS: 0.35 }), "around"), 0.1)).toMatchObject({
      timeS: expect.closeTo(0.05),
      direction: 1,
    });
  });

  it("stops at the end of a single run, and then starts anew", () => {
    const ended = advance(withLoop(play(start), "once"), 3);
    expect(ended).toMatchObject({ timeS: 0.4, playing: false });
    expect(play(ended)).toMatchObject({ timeS: 0, playing: true });
    expect(play({ ...ended, loop: "fro" }).timeS).toBe(0.4);
  });

  it("never goes backwards after to and fro is left", () => {
    expect(withLoop({ ...start, direction: -1 }, "around").direction).toBe(1);
  });
});

describe("keys", () => {
  it("steps from key to key, and stops", () => {
    const playing = play(start);
    expect(step(playing, 1)).toMatchObject({ timeS: 0.1, playing: false });
    expect(step({ ...start, timeS: 0.1 }, 1).timeS).toBe(0.2);
    expect(step({ ...start, timeS: 0.3 }, -1).timeS).toBe(0.2);
  });

  it("steps from between two keys to one of them", () => {
    expect(step({ ...start, timeS: 0.25 }, 1).timeS).toBe(0.3);
    expect(step({ ...start, timeS: 0.25 }, -1).timeS).toBe(0.2);
  });

  it("stays at the ends", () => {
    expect(step(start, -1).timeS).toBe(0);
    expect(step({ ...start, timeS: 0.4 }, 1).timeS).toBe(0.4);
    expect(toKey(start, 99).timeS).toBe(0.4);
    expect(toKey(start, -3).timeS).toBe(0);
  });

  it("visits every key once, both ways", () => {
    const times = Array.from({ length: 31 }, (_, i) => Math.fround(i / 7.66));
    let state = newPlayback(times);
    for (let key = 1; key < 31; key++) {
      state = step(state, 1);
      expect(keyOf(state)).toBe(key);
    }
    for (let key = 29; key >= 0; key--) {
      state = step(state, -1);
      expect(keyOf(state)).toBe(key);
    }
  });

  it("knows its length", () => {
    expect(durationOf(start)).toBe(0.4);
    expect(durationOf(newPlayback([]))).toBe(0);
  });

  it("stops at the nearest key, and goes on the same way", () => {
    const back = { ...play(start), timeS: 0.26, direction: -1 as const };
    expect(pause(back)).toMatchObject({ playing: false, timeS: 0.3, direction: -1 });
  });
});
