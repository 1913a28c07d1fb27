import { MIN_FRAMES, type NumFrames } from "@/lib/video/chosen";
import type { Knob } from "./knobs";
import { KNOBS } from "./knobs";

/** What was read of a field: its value, or what is wrong with it. */
export type Reading = { value: unknown } | { problem: string };

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });

/** Reads a number as it was typed. An empty field is the default, null for what the worker chooses. */
export function readNumber(knob: Extract<Knob, { kind: "number" }>, text: string): Reading {
  const trimmed = text.trim();
  if (trimmed === "") return { value: knob.default };
  const value = Number(trimmed);
  const isRight =
    Number.isFinite(value) &&
    (!knob.whole || Number.isSafeInteger(value)) &&
    (knob.min === null || (knob.aboveMin ? value > knob.min : value >= knob.min)) &&
    (knob.max === null || value <= knob.max);
  return isRight ? { value } : { problem: `Type ${boundsOf(knob)}.` };
}

/** What a number may be, in words: a whole number from 1 to 200. */
export function boundsOf({ min, max, aboveMin, whole }: Extract<Knob, { kind: "number" }>): string {
  const what = whole ? "a whole number" : "a number";
  const from = min === null ? "" : aboveMin ? ` above ${number.format(min)}` : ` from ${number.format(min)}`;
  if (max === null) return min === null || aboveMin ? what + from : `${what}${from} on`;
  return `${what}${from}${min === null || aboveMin ? " up to" : " to"} ${number.format(max)}`;
}

/** The values that differ from their defaults: what a request has to name. */
export function changed(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isDefault = (name: string, value: unknown) => {
    const knob = KNOBS.find((one) => one.name === name);
    return knob !== undefined && JSON.stringify(ordered(knob, value)) === JSON.stringify(knob.default);
  };
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isDefault(name, value)));
}

/** Which of several are chosen does not depend on the order of clicks. */
function ordered(knob: Knob, value: unknown): unknown {
  if (knob.kind !== "choices" || !Array.isArray(value)) return value;
  return knob.choices.filter((choice) => value.includes(choice));
}

/** What is wrong with values that are each right alone; null if nothing is. */
export function conflictIn(values: Readonly<Record<string, unknown>>, numFrames: NumFrames): string | null {
  const { outputs, anchor_idx: anchor, overlap, windows = "keys", max_frames: most } = values;
  const fewest = numFrames === "auto" ? MIN_FRAMES : numFrames;
  if (Array.isArray(outputs) && outputs.length === 0) return "Choose at least one kind of file.";
  if (typeof anchor === "number" && anchor >= fewest) {
    return `The anchor frame must be one of the first ${fewest} frames taken: 0 to ${fewest - 1}.`;
  }
  if (typeof overlap === "number" && overlap > 1 && windows === "keys") {
    return "Windows overlap by more than one frame in a chain alone.";
  }
  if (values.texture_size !== undefined && (values.texture ?? "none") === "none") {
    return "A size of the colours needs colour from the video: auto or video.";
  }
  if (typeof most === "number" && numFrames !== "auto") return "Max frames bounds Auto alone.";
  return null;
}
