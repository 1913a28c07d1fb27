import { expect, test } from "vitest";
import { countChanged, firstChoices, firstKnobs, forMasks, haveSameSubject, toInput } from "./choices";

test("a short video is taken whole, of a long one the first four seconds", () => {
  expect(firstChoices(2.5)).toMatchObject({ startS: 0, endS: 2.5 });
  expect(firstChoices(30)).toMatchObject({ startS: 0, endS: 4 });
});

test("of a video that was not cut, the part is named only where it is not all", () => {
  const whole = toInput(firstChoices(2), { video_url: "https://example.org/a.mp4" }, 2);
  expect(whole).toEqual({ num_frames: 16, mode: "default", video_url: "https://example.org/a.mp4" });
  const part = { ...firstChoices(10), startS: 1.23456789, endS: 3 };
  expect(toInput(part, { video_base64: "AAAA" }, 10)).toMatchObject({ start_s: 1.234568, end_s: 3 });
});

test("a part that was cut out is all of what is sent", () => {
  const input = toInput({ ...firstChoices(10), startS: 1, endS: 3 }, { video_base64: "AAAA" }, null);
  expect(input).toEqual({ num_frames: 16, mode: "default", video_base64: "AAAA" });
});

test("subject and knobs go in under the worker's names", () => {
  const choices = firstChoices(2);
  choices.box = [0.1, 0.2, 0.33333333, 0.9];
  choices.points = [[0.5, 0.25, false]];
  choices.knobs = { seed: 7 };
  expect(toInput(choices, { video_base64: "AAAA" }, 2)).toEqual({
    num_frames: 16,
    mode: "default",
    seed: 7,
    subject_box: [0.1, 0.2, 0.3333, 0.9],
    subject_points: [[0.5, 0.25, false]],
    video_base64: "AAAA",
  });
  choices.numFrames = "auto";
  expect(toInput(choices, { video_base64: "AAAA" }, 2)).toMatchObject({ num_frames: "auto" });
});

test("what the page itself chose for want of a bucket is no change", () => {
  const first = firstKnobs(false);
  expect(countChanged(first, first)).toBe(0);
  expect(countChanged({}, first)).toBe(1);
  expect(countChanged({ ...first, seed: 7 }, first)).toBe(1);
  expect(firstKnobs(true)).toEqual({});
});

test("a job of the masks alone is told what decides them, and nothing of a mesh", () => {
  const choices = {
    ...firstChoices(2, false),
    knobs: { fps: 8, masks: "sam2", seed: 7, blender_export: true },
  };
  expect(forMasks(choices)).toEqual({ ...choices, knobs: { fps: 8, masks: "sam2", outputs: ["masks"] } });
});

test("another part, count or mark may be another subject; another quality or seed is not", () => {
  const choices = firstChoices(10);
  for (const same of [{ mode: "fast" as const }, { knobs: { seed: 7 } }]) {
    expect(haveSameSubject(choices, { ...choices, ...same })).toBe(true);
  }
  const others = [
    { startS: 1 },
    { numFrames: 31 },
    { points: [[0.5, 0.5, true] as const] },
    { knobs: { fps: 8 } },
  ];
  for (const other of others) {
    expect(haveSameSubject(choices, { ...choices, ...other } as typeof choices)).toBe(false);
  }
});
