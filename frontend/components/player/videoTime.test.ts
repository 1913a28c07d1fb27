import { describe, expect, it } from "vitest";
import { sourceAt, sourceTimes } from "./videoTime";

describe("sourceTimes", () => {
  it("gives each key its frame's own time", () => {
    const taken = [0, 0.125, 0.25, 0.375, 0.5417];
    expect(sourceTimes(5, taken)).toEqual(taken);
  });

  it("puts the keys of a finer animation between the frames", () => {
    expect(sourceTimes(5, [1, 2, 4])).toEqual([1, 1.5, 2, 3, 4]);
    expect(sourceTimes(9, [1, 2, 4])?.at(-1)).toBe(4);
  });

  it("knows a mesh that stands still", () => {
    expect(sourceTimes(1, [0.5, 0.6])).toEqual([0.5]);
  });

  it("knows when nothing is known", () => {
    expect(sourceTimes(3, [])).toBeNull();
    expect(sourceTimes(3, [0, Number.NaN])).toBeNull();
  });
});

describe("sourceAt", () => {
  const keyTimes = [0, 0.1, 0.2];
  const source = [5, 5.1, 5.3];

  it("maps every key exactly", () => {
    expect(keyTimes.map((time) => sourceAt(keyTimes, source, time).timeS)).toEqual(source);
  });

  it("maps what lies between, and says how fast the video goes there", () => {
    expect(sourceAt(keyTimes, source, 0.05)).toEqual({
      timeS: expect.closeTo(5.05),
      slope: expect.closeTo(1),
    });
    expect(sourceAt(keyTimes, source, 0.15)).toEqual({
      timeS: expect.closeTo(5.2),
      slope: expect.closeTo(2),
    });
    expect(sourceAt(keyTimes, source, 0.2).slope).toBeCloseTo(2);
  });

  it("stands still with a still mesh", () => {
    expect(sourceAt([0], [0.5], 0)).toEqual({ timeS: 0.5, slope: 1 });
  });
});
