"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorOf, submitJob, uploadVideo } from "@/lib/api/client";
import { failure } from "@/lib/api/failure";
import type { ApiError, Capabilities } from "@/lib/api/types";
import { base64Of } from "@/lib/base64";
import { type Copied, checkPart, copy, pick, probe, trim } from "@/lib/video";
import { type Choices, laterBy, toInput, type VideoField } from "./choices";
import type { Clip } from "./clip";
import { plansOf } from "./plan";
import { askedOfCut, isSameTaken, pickedOf, takenOf } from "./taken";

/** What is being done to send a video off; percent 0 to 100. */
export type Sending =
  | { step: "idle" }
  | { step: "cutting" | "uploading"; percent: number }
  | { step: "submitting" }
  | { step: "failed"; error: ApiError };

/** A job that was sent. */
export interface Sent {
  id: string;
  /** What of the video's time is 0 s on the worker's, in seconds. */
  fromS: number;
}

type Tell = (sending: Sending) => void;

/** Sends a video off: cut, upload, submit, as its plan says. It can be stopped at any step. */
export function useSend(): {
  sending: Sending;
  /** Gives the job; null if it failed or was stopped. */
  send: (clip: Clip, choices: Choices, capabilities: Capabilities) => Promise<Sent | null>;
  stop: () => void;
} {
  const [sending, setSending] = useState<Sending>({ step: "idle" });
  const running = useRef<AbortController | null>(null);
  const ready = useRef<Ready | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const stop = useCallback(() => {
    running.current?.abort();
    setSending({ step: "idle" });
  }, []);

  const send = useCallback(async (clip: Clip, choices: Choices, capabilities: Capabilities) => {
    running.current?.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    try {
      if (!isFor(ready.current, clip, choices)) {
        ready.current = await prepare(clip, choices, capabilities, setSending, signal);
      }
      const input = inputOf(ready.current, choices);
      setSending({ step: "submitting" });
      return { id: (await submitJob(input, signal)).id, fromS: ready.current.fromS };
    } catch (error) {
      if (!signal.aborted) setSending({ step: "failed", error: errorOf(error) });
      return null;
    }
  }, []);

  return { sending, send, stop };
}

/** A video as it is sent. */
interface Ready {
  clip: Clip;
  video: VideoField;
  /** The part that it was made for; null where it is sent whole. */
  part: { startS: number; endS: number } | null;
  /** When its first frame is shown, in seconds from the video's first. */
  fromS: number;
  /** Whether it has the part's frames and no others. */
  isCut: boolean;
  /** When the frames are shown that alone are in it, in seconds from the video's first; null where others are, too. */
  picked: number[] | null;
  /** Milliseconds since 1970. */
  madeMs: number;
}

const READY_MS = 600_000; // an address of the bucket does not last for ever

function isFor(ready: Ready | null, clip: Clip, choices: Choices): ready is Ready {
  const { startS, endS } = choices;
  if (ready === null || ready.clip !== clip || Date.now() - ready.madeMs > READY_MS) return false;
  if (ready.picked !== null) return `${ready.picked}` === `${pickedOf(choices, clip.facts)}`;
  return ready.part === null || (ready.part.startS === startS && ready.part.endS === endS);
}

function inputOf(ready: Ready, choices: Choices): Record<string, unknown> {
  const { video, isCut, picked, fromS } = ready;
  const { facts } = ready.clip;
  if (picked !== null) {
    const { fps: _, ...knobs } = choices.knobs; // at which they were chosen
    return toInput({ ...choices, knobs, numFrames: picked.length }, video, null);
  }
  if (isCut) return toInput({ ...choices, numFrames: askedOfCut(choices, facts) }, video, null);
  return toInput(laterBy(choices, fromS), video, facts.durationS - fromS);
}

async function prepare(
  clip: Clip,
  choices: Choices,
  can: Capabilities,
  tell: Tell,
  signal: AbortSignal,
): Promise<Ready> {
  const { startS, endS } = choices;
  const { facts, file } = clip;
  const ready = { clip, part: { startS, endS }, fromS: 0, isCut: false, picked: null, madeMs: Date.now() };
  const cutting = (percent: number) => tell({ step: "cutting", percent });
  await checkPart(file, startS, endS);
  signal.throwIfAborted();
  for (const { way } of plansOf(file.size, facts, choices, can)) {
    if (way === "as-is" || way === "upload") {
      return { ...ready, part: null, video: await sent(file, can, tell, signal) };
    }
    cutting(0);
    if (way === "frames") {
      const picked = pickedOf(choices, facts) ?? [];
      const frames = await pick(file, picked, cutting, signal, mostBytes(can)).catch(unlessStopped(signal));
      if (frames === null || frames.size > can.maxInlineBytes) continue;
      return { ...ready, video: await sent(frames, can, tell, signal), fromS: picked[0] ?? 0, picked };
    }
    if (way === "cut") {
      const part = await trim(file, startS, endS, cutting, signal, mostBytes(can));
      const fromS = facts.times.find((time) => time >= startS - 1e-6) ?? startS;
      return { ...ready, video: await sent(part, can, tell, signal), fromS, isCut: true };
    }
    const copied = await copy(file, startS, endS, cutting, signal).catch(unlessStopped(signal));
    if (copied !== null && (await isFaithful(copied, clip, choices))) {
      return { ...ready, video: await sent(copied.file, can, tell, signal), fromS: copied.fromS };
    }
  }
  throw failure("TRIM_FAILED", "No part of this video can be sent.");
}

/** Lets the next way be tried where one has failed, but for a stop. */
function unlessStopped(signal: AbortSignal): () => null {
  return () => {
    signal.throwIfAborted();
    return null;
  };
}

/** Whether the worker takes the frames of a copy that the page has shown. */
async function isFaithful({ file, fromS }: Copied, { facts }: Clip, choices: Choices): Promise<boolean> {
  const own = { ...(await probe(file)), durationS: facts.durationS - fromS };
  return isSameTaken(takenOf(choices, facts), takenOf(laterBy(choices, fromS), own), fromS);
}

/** A file inside the request where it fits, else in the bucket. */
async function sent(file: File, can: Capabilities, tell: Tell, signal: AbortSignal): Promise<VideoField> {
  return file.size <= can.maxInlineBytes
    ? { video_base64: await base64Of(file) }
    : upload(file, tell, signal);
}

/** What leaves room for the rest of the request. */
function mostBytes({ maxInlineBytes }: Capabilities): number {
  return Math.floor(0.93 * maxInlineBytes);
}

async function upload(file: File, tell: Tell, signal: AbortSignal): Promise<VideoField> {
  tell({ step: "uploading", percent: 0 });
  return { video_url: await uploadVideo(file, (percent) => tell({ step: "uploading", percent }), signal) };
}
