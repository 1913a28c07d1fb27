import { expect, test } from "vitest";
import { ROUTE_CODES, WORKER_CODES } from "./api/codes";
import { BROWSER_CODES } from "./api/failure";
import { STAGES } from "./contract/worker";
import { stageWords, wordsOf } from "./words";

const MESSAGE = "This video has 10 frames; at least 16 are needed.";
const CODES = [...ROUTE_CODES, ...WORKER_CODES, ...BROWSER_CODES];

test("every code has words: short, plain sentences", () => {
  for (const code of CODES) {
    const { sentence, advice } = wordsOf({ code, message: MESSAGE });
    for (const text of [sentence, advice ?? "Ok."])
      expect([code, text]).toEqual([code, expect.stringMatching(/^[A-Z][^!]{1,110}\.$/)]);
    expect(sentence).not.toMatch(/subject_box|start_s|end_s|_/);
  }
});

test("figures that only the message has are told", () => {
  expect(wordsOf({ code: "VIDEO_TOO_SHORT", message: MESSAGE }).sentence).toBe(MESSAGE);
  const message = "This file is 140 MB; the limit is 100 MB.";
  expect(wordsOf({ code: "TOO_LARGE", message }).sentence).toBe(message);
});

test("a limit of calls says when to try again", () => {
  const error = { code: "RATE_LIMITED", message: "x" };
  expect(wordsOf({ ...error, retryAfterS: 11.2 })).toEqual({
    sentence: "Too many requests. Try again in 12 s.",
    advice: null,
    said: null,
  });
  expect(wordsOf(error).sentence).toBe("Too many requests. Try again in a moment.");
});

test("a code that is not known shows its message", () => {
  const words = wordsOf({ code: "toString", message: "Something new." });
  expect(words.sentence).toBe("Something new.");
  expect(words.advice).toMatch(/^Try again/);
});

test("every stage of a job and of every engine has words", () => {
  expect(STAGES.filter((stage) => stageWords(stage) === "Working")).toEqual([]);
  expect(stageWords("brew")).toBe("Working");
});

test("the worker's own sentence stands with the page's, where it tells more", () => {
  const lost = { code: "SUBJECT_NOT_FOUND", message: "Frame 3 shows nothing. Is it the first frame?" };
  expect(wordsOf(lost)).toMatchObject({
    sentence: "No subject was found, or it was lost on the way.",
    said: lost.message,
  });
  expect(wordsOf({ code: "VIDEO_TOO_SHORT", message: MESSAGE }).said).toBeNull(); // it is the sentence
  expect(wordsOf({ code: "KEY_WRONG", message: "x" }).said).toBeNull(); // not the worker's
});

test("nobody is told to take fewer frames than the least", () => {
  expect(wordsOf({ code: "VIDEO_TOO_SHORT", message: MESSAGE }).advice).not.toMatch(/fewer/);
  const message = "The chosen part has 20 frames; 31 are needed.";
  expect(wordsOf({ code: "VIDEO_TOO_SHORT", message }).advice).toMatch(/fewer frames/);
});
