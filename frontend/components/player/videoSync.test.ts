import { beforeEach, describe, expect, it, vi } from "vitest";
import { correctedRate, type Followed, followClock } from "./videoSync";

/** A video that seeks when told so, and plays when time is let pass. */
function fakeVideo() {
  const listeners = new Map<string, Set<() => void>>();
  let time = 0;
  const fake = {
    seeks: [] as number[],
    seeking: false,
    paused: true,
    readyState: 4,
    playbackRate: 1,
    get currentTime() {
      return time;
    },
    set currentTime(value: number) {
      fake.seeks.push(value);
      fake.seeking = true;
      time = value;
    },
    play: vi.fn(async () => {
      fake.paused = false;
    }),
    pause: vi.fn(() => {
      fake.paused = true;
    }),
    addEventListener: (name: string, listener: () => void) => {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    removeEventListener: (name: string, listener: () => void) => listeners.get(name)?.delete(listener),
    emit(name: string) {
      for (const listener of listeners.get(name) ?? []) listener();
    },
    seeked() {
      fake.seeking = false;
      fake.emit("seeked");
    },
    pass(seconds: number) {
      if (!fake.paused && !fake.seeking) time += seconds * fake.playbackRate;
    },
    listening: () => [...listeners.values()].reduce((sum, some) => sum + some.size, 0),
  };
  return fake;
}

let video: ReturnType<typeof fakeVideo>;
let clock: ReturnType<typeof followClock>;

beforeEach(() => {
  video = fakeVideo();
  clock = followClock(video as unknown as Followed);
});

describe("followClock", () => {
  it("sets a standing video to the very time, once", () => {
    clock.want({ timeS: 0.5, rate: 0 });
    video.seeked();
    clock.want({ timeS: 0.5, rate: 0 });
    expect(video.seeks).toEqual([0.5]);
  });

  it("seeks one after another, and leaves out what came between", () => {
    clock.want({ timeS: 0.1, rate: 0 });
    clock.want({ timeS: 0.2, rate: 0 });
    clock.want({ timeS: 0.3, rate: 0 });
    expect(video.seeks).toEqual([0.1]);
    video.seeked();
    expect(video.seeks).toEqual([0.1, 0.3]);
  });

  it("goes backwards by being set", () => {
    video.paused = false;
    clock.want({ timeS: 0.9, rate: -1 });
    expect(video.paused).toBe(true);
    expect(video.seeks).toEqual([0.9]);
  });

  it("plays forwards, and jumps only where it is far out", () => {
    clock.want({ timeS: 0.1, rate: 1 });
    expect(video.paused).toBe(false);
    expect(video.seeks).toEqual([]);
    clock.want({ timeS: 1, rate: 1 });
    expect(video.seeks).toEqual([1]);
  });

  it("comes into step while it plays, and stays in it for ten seconds", () => {
    let time = 0.2; // the video starts 0.2 s behind
    let worst = 0;
    for (let tick = 0; tick < 600; tick++) {
      clock.want({ timeS: time, rate: 0.5 });
      video.pass((1 / 60) * 1.03); // its clock runs 3 % fast
      time += 0.5 / 60;
      if (tick > 180) worst = Math.max(worst, Math.abs(video.currentTime - time));
    }
    expect(video.seeks).toEqual([]);
    expect(worst).toBeLessThan(0.04);
  });

  it("is exact again after it has played", () => {
    clock.want({ timeS: 0.3, rate: 0 });
    video.seeked();
    clock.want({ timeS: 0.3, rate: 1 });
    video.pass(0.1);
    clock.want({ timeS: 0.3, rate: 0 });
    expect(video.paused).toBe(true);
    expect(video.seeks).toEqual([0.3, 0.3]);
  });

  it("waits for the video's metadata", () => {
    video.readyState = 0;
    clock.want({ timeS: 0.7, rate: 0 });
    expect(video.seeks).toEqual([]);
    video.readyState = 1;
    video.emit("loadedmetadata");
    expect(video.seeks).toEqual([0.7]);
  });

  it("is set, time by time, where the browser refuses to play", async () => {
    video.play.mockImplementation(async () => {
      throw new DOMException("not here", "NotAllowedError");
    });
    clock.want({ timeS: 0.1, rate: 1 });
    await Promise.resolve();
    await Promise.resolve();
    clock.want({ timeS: 0.15, rate: 1 });
    expect(video.seeks).toEqual([0.15]);
    expect(video.play).toHaveBeenCalledTimes(1);
  });

  it("sets what is too slow or too fast to play", () => {
    clock.want({ timeS: 0.2, rate: 0.01 });
    expect(video.play).not.toHaveBeenCalled();
    expect(video.seeks).toEqual([0.2]);
  });

  it("lets go of the video", () => {
    clock.want({ timeS: 0, rate: 1 });
    clock.end();
    expect(video.paused).toBe(true);
    expect(video.listening()).toBe(0);
  });
});

describe("correctedRate", () => {
  it("goes slower ahead, faster behind, within bounds", () => {
    expect(correctedRate(1, 0)).toBe(1);
    expect(correctedRate(1, 0.05)).toBeCloseTo(0.9);
    expect(correctedRate(2, -0.05)).toBeCloseTo(2.2);
    expect(correctedRate(1, 9)).toBeCloseTo(0.7);
    expect(correctedRate(1, -9)).toBeCloseTo(1.3);
  });
});
