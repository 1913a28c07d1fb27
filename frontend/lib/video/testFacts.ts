import type { VideoFacts } from "./probe";

/** Facts of a video of 24 frames a second, one of which stands alone each second, for tests. */
export function factsFor(durationS: number, bytes: number, others: Partial<VideoFacts> = {}): VideoFacts {
  const times = Array.from({ length: durationS * 24 }, (_, k) => k / 24);
  return {
    durationS,
    times,
    width: 512,
    height: 384,
    fps: 24,
    firstS: 0,
    packets: times.map((stamp, k) => ({ stamp, bytes: bytes / times.length, isKey: k % 24 === 0 })),
    canCopy: true,
    skipsLeading: false,
    canTrim: true,
    ...others,
  };
}
