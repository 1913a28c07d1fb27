import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Chosen, chosenTimes, type NumFrames } from "./chosen";

interface Asked {
  num_frames?: NumFrames;
  start_s?: number;
  end_s?: number;
  fps?: number;
  max_frames?: number;
}

/** A line of the file that builder/write_frame_cases.py writes. */
interface Video {
  times_us: number[];
  duration_us: number;
  cases: { asked: Asked; chosen: number[] | string; message?: string }[];
}

const lines = readFileSync(new URL("chosen.cases.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");
const cases = lines.flatMap((line) => {
  const video = JSON.parse(line) as Video;
  const clock = { times: video.times_us.map((time) => time / 1e6), durationS: video.duration_us / 1e6 };
  return video.cases.map((one) => ({ ...one, found: chosenFor(one.asked, clock) }));
});

function chosenFor(asked: Asked, clock: { times: number[]; durationS: number }): Chosen {
  const { num_frames: count = 16, start_s: start = 0, end_s: end = null, fps = null } = asked;
  return chosenTimes(start, end, count, clock, fps, asked.max_frames);
}

test("there are cases in which the worker is left to choose how many", () => {
  const automatic = cases.filter(({ asked }) => asked.num_frames === "auto");
  const counts = automatic.map(({ found }) => (found.kind === "exact" ? found.indices.length : found.kind));
  for (const known of [16, 31, "busiest", "short"]) expect(counts).toContain(known);
  expect(Math.max(...counts.filter((count) => typeof count === "number"))).toBeGreaterThan(90);
});

test("every case is what the worker chooses", () => {
  expect(cases.length).toBeGreaterThan(200);
  for (const { asked, chosen, found } of cases) {
    expect([asked, found.kind === "exact" ? found.indices : found.kind]).toEqual([asked, chosen]);
  }
});

test("what is missing is counted as the worker counts it", () => {
  const short = cases.filter(({ chosen }) => chosen === "short");
  expect(short.length).toBeGreaterThan(5);
  for (const { found, message = "" } of short) {
    if (found.kind !== "short") throw new Error("it is short");
    const has = /has (\d+) frames?[;.]/.exec(message)?.[1];
    const needs = /(\d+) are needed/.exec(message)?.[1];
    expect([message, found.available, found.needed]).toEqual([message, Number(has), Number(needs)]);
  }
});

test("times are those of the indices", () => {
  const times = Array.from({ length: 48 }, (_, k) => k / 24);
  const chosen = chosenTimes(0.5, 1.5, 16, { times, durationS: 2 });
  if (chosen.kind !== "exact") throw new Error("it is exact");
  expect(chosen.times).toEqual(chosen.indices.map((index) => times[index]));
  expect([chosen.indices[0], chosen.indices.at(-1)]).toEqual([12, 35]);
});

test("of a long part only the window's length and how many frames it has are known", () => {
  const times = Array.from({ length: 240 }, (_, k) => k / 24);
  expect(chosenTimes(0, null, 16, { times, durationS: 10 })).toEqual({
    kind: "busiest",
    count: 16,
    windowS: 2,
  });
  expect(chosenTimes(0, null, "auto", { times, durationS: 10 })).toMatchObject({ count: 80 });
});
