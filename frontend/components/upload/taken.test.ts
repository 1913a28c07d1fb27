import { expect, test } from "vitest";
import { factsFor } from "@/lib/video/testFacts";
import { firstChoices } from "./choices";
import { askedOfCut, pickedOf, takenOf } from "./taken";

const facts = factsFor(10, 1e6);

test("of a part of four seconds every frame is known", () => {
  const { times, available } = takenOf(firstChoices(10), facts);
  expect([times.length, times[0], available]).toEqual([16, 0, null]);
});

test("of a longer one none, unless a rate is named", () => {
  const whole = { ...firstChoices(10), endS: 10 };
  expect(takenOf(whole, facts)).toEqual({ times: [], count: 16, available: null });
  expect(takenOf({ ...whole, knobs: { fps: 4 } }, facts).times.at(-1)).toBeCloseTo(15 / 4, 5);
});

test("a short part has too few", () => {
  expect(takenOf({ ...firstChoices(10), startS: 1, endS: 1.5 }, facts)).toEqual({
    times: [],
    count: 16,
    available: 12,
  });
});

test("an automatic number goes by the part's length, and by the rate", () => {
  const automatic = { ...firstChoices(10), numFrames: "auto" as const };
  const counted = (change: object) => takenOf({ ...automatic, ...change }, facts).count;
  expect([counted({}), counted({ endS: 2 }), counted({ endS: 2.1 }), counted({ endS: 10 })]).toEqual([
    31, 16, 31, 80,
  ]);
  expect([counted({ knobs: { fps: 4 } }), counted({ knobs: { fps: 10 } })]).toEqual([16, 40]);
});

test("of a cut so many are asked for as are shown, but for an automatic number beyond two windows", () => {
  const automatic = { ...firstChoices(10), numFrames: "auto" as const };
  expect(askedOfCut(automatic, facts)).toBe(31);
  expect(askedOfCut({ ...automatic, endS: 10 }, facts)).toBe("auto"); // 80, which a worker may not take
  expect(askedOfCut({ ...automatic, numFrames: 80, endS: 10 }, facts)).toBe(80);
});

test("frames can be sent alone where the worker would take all of a video that has no others", () => {
  const part = firstChoices(10);
  expect(pickedOf(part, facts)).toEqual(takenOf(part, facts).times);
  expect(pickedOf({ ...part, numFrames: "auto" }, facts)).toHaveLength(31);
  expect(pickedOf({ ...part, numFrames: 32 }, facts)).toBeNull();
  expect(pickedOf({ ...part, endS: 10 }, facts)).toBeNull();
  expect(pickedOf({ ...part, startS: 1, endS: 1.5 }, facts)).toBeNull();
});
