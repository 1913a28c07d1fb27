import { describe, expect, it, vi } from "vitest";
import { newFollowers, wantedOf } from "./followers";
import { newPlayback, play, toKey } from "./playback";
import type { Followed } from "./videoSync";

const SOURCE = [0, 0.125, 0.25, 0.5];
const still = newPlayback([0, 0.1, 0.2, 0.3]);

function fakeVideo() {
  const listeners = vi.fn();
  return {
    currentTime: 0,
    playbackRate: 1,
    paused: true,
    seeking: false,
    readyState: 4,
    play: vi.fn(async () => undefined),
    pause: vi.fn(),
    addEventListener: listeners,
    removeEventListener: listeners,
  };
}

describe("wantedOf", () => {
  it("is at the key's own frame while the mesh stands", () => {
    expect(wantedOf(toKey(still, 3), SOURCE)).toEqual({ timeS: 0.5, rate: 0 });
  });

  it("plays between the frames, as fast as the frames lie apart", () => {
    const playing = { ...play(still), timeS: 0.25, speed: 0.5 };
    expect(wantedOf(playing, SOURCE)).toEqual({ timeS: expect.closeTo(0.375), rate: expect.closeTo(1.25) });
  });

  it("goes from frame to frame on the way back", () => {
    const back = { ...play(still), timeS: 0.19, direction: -1 as const };
    expect(wantedOf(back, SOURCE)).toEqual({ timeS: 0.25, rate: -1 });
  });
});

describe("newFollowers", () => {
  it("sets a video into the frame, from where the worker's video begins in it", () => {
    const video = fakeVideo();
    const followers = newFollowers();
    followers.know(SOURCE, 30);
    followers.add(video as unknown as Followed, 4);
    followers.tell(toKey(still, 1));
    expect(video.currentTime).toBeCloseTo(4.135);
  });

  it("leaves videos alone while their times are not known, and after they are taken away", () => {
    const video = fakeVideo();
    const followers = newFollowers();
    const take = followers.add(video as unknown as Followed, 0);
    followers.tell(toKey(still, 1));
    followers.know(SOURCE, 24);
    take();
    followers.tell(toKey(still, 1));
    expect(video.currentTime).toBe(0);
  });
});
