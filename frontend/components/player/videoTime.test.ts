import { describe, expect, it } from "vitest";
import { sourceAt, sourceTimes } from "./videoTime";

/** So many keys, even in time; the file has them as 32-bit numbers. */
const even = (keys: number) => Array.from({ length: keys }, (_, key) => Math.fround(key / 7.66));

function expectTimes(
  keyTimes: readonly number[],
  taken: readonly number[],
  expected: readonly number[],
): void {
  const times = sourceTimes(keyTimes, taken);
  expect(times).toHaveLength(expected.length);
  for (const [key, time] of expected.entries()) expect(times?.[key]).toBeCloseTo(time, 6);
}

describe("sourceTimes", () => {
  it("gives each key its frame's own time", () => {
    const taken = [0, 0.125, 0.25, 0.375, 0.5417];
    expectTimes(even(5), taken, taken);
  });

  it("puts the keys of a finer animation between the frames", () => {
    expectTimes(even(5), [1, 2, 4], [1, 1.5, 2, 3, 4]);
  });

  it("knows which frames have a key", () => {
    const [first, , third, , , last] = even(6) as [number, number, number, number, number, number];
    expectTimes([first, third, last], [0, 1, 2, 4, 8, 16], [0, 2, 16]);
  });

  it("knows a mesh that stands still", () => {
    expect(sourceTimes([0], [0.5, 0.6])).toEqual([0.5]);
  });

  it("knows when nothing is known", () => {
    expect(sourceTimes(even(3), [])).toBeNull();
    expect(sourceTimes(even(3), [0, Number.NaN])).toBeNull();
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
