"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorOf, submitJob, uploadVideo } from "@/lib/api/client";
import type { ApiError, Capabilities } from "@/lib/api/types";
import { trim } from "@/lib/video";
import { type Choices, toInput, type VideoField } from "./choices";
import type { Clip } from "./clip";
import { planOf } from "./plan";
import { askedOfCut } from "./taken";

/** What is being done to send a video off; percent 0 to 100. */
export type Sending =
  | { step: "idle" }
  | { step: "cutting" | "uploading"; percent: number }
  | { step: "submitting" }
  | { step: "failed"; error: ApiError };

type Tell = (sending: Sending) => void;

/** Sends a video off: cut, upload, submit, as its plan says. It can be stopped at any step. */
export function useSend(): {
  sending: Sending;
  /** Gives the job's id; null if it failed or was stopped. */
  send: (clip: Clip, choices: Choices, capabilities: Capabilities) => Promise<string | null>;
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
      return (await submitJob(input, signal)).id;
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
  /** The part that was cut out of it; null where it is sent whole. */
  part: { startS: number; endS: number } | null;
  /** Milliseconds since 1970. */
  madeMs: number;
}

const READY_MS = 600_000; // an address of the bucket does not last for ever

function isFor(ready: Ready | null, clip: Clip, { startS, endS }: Choices): ready is Ready {
  if (ready === null || ready.clip !== clip || Date.now() - ready.madeMs > READY_MS) return false;
  return ready.part === null || (ready.part.startS === startS && ready.part.endS === endS);
}

function inputOf({ clip: { facts }, video, part }: Ready, choices: Choices): Record<string, unknown> {
  if (part === null) return toInput(choices, video, facts.durationS);
  return toInput({ ...choices, numFrames: askedOfCut(choices, facts) }, video, null);
}

async function prepare(clip: Clip, choices: Choices, can: Capabilities, tell: Tell, signal: AbortSignal) {
  const plan = planOf(clip.file.size, clip.facts.canTrim, can);
  const madeMs = Date.now();
  if (plan === "as-is") return { clip, video: await inline(clip.file), part: null, madeMs };
  if (plan === "upload") return { clip, video: await upload(clip.file, tell, signal), part: null, madeMs };
  if (plan === "impossible") throw new Error("there is no way to send this video");
  tell({ step: "cutting", percent: 0 });
  const cutting = (percent: number) => tell({ step: "cutting", percent });
  const part = await trim(clip.file, choices.startS, choices.endS, cutting, signal, mostBytes(can));
  const video = part.size <= can.maxInlineBytes ? await inline(part) : await upload(part, tell, signal);
  return { clip, video, part: { startS: choices.startS, endS: choices.endS }, madeMs };
}

/** What leaves room for the rest of the request. */
function mostBytes({ maxInlineBytes }: Capabilities): number {
  return Math.floor(0.93 * maxInlineBytes);
}

async function upload(file: File, tell: Tell, signal: AbortSignal): Promise<VideoField> {
  tell({ step: "uploading", percent: 0 });
  return { video_url: await uploadVideo(file, (percent) => tell({ step: "uploading", percent }), signal) };
}

/** A file as base64, without what a data: URL has before it. */
async function inline(file: Blob): Promise<VideoField> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(file);
  });
  return { video_base64: url.slice(url.indexOf(",") + 1) };
}
