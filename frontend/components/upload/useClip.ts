"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorOf } from "@/lib/api/failure";
import type { ApiError } from "@/lib/api/types";
import type { Clip } from "./clip";

const PICTURES = 12; // on the strip

export type ClipState =
  | { step: "none" }
  | { step: "opening"; name: string }
  | { step: "refused"; name: string; error: ApiError }
  | { step: "open"; clip: Clip; pictures: string[] };

/** The video in the studio: opened, looked into, with its pictures as they come. */
export function useClip(): {
  state: ClipState;
  open: (file: File) => Promise<Clip | null>;
  close: () => void;
} {
  const [state, setState] = useState<ClipState>({ step: "none" });
  const running = useRef<AbortController | null>(null);

  const start = useCallback(() => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current.signal;
  }, []);

  const open = useCallback(
    async (file: File) => {
      const signal = start();
      setState({ step: "opening", name: file.name });
      try {
        const [{ openClip }, { thumbnails }] = await Promise.all([import("./clip"), import("@/lib/video")]);
        const clip = await openClip(file);
        const release = () => URL.revokeObjectURL(clip.url);
        if (signal.aborted) {
          release();
          return null;
        }
        signal.addEventListener("abort", release);
        setState({ step: "open", clip, pictures: [] });
        void thumbnails(file, PICTURES, signal).then((pictures) => {
          if (!signal.aborted) setState({ step: "open", clip, pictures });
        });
        return clip;
      } catch (thrown) {
        if (!signal.aborted) setState({ step: "refused", name: file.name, error: errorOf(thrown) });
        return null;
      }
    },
    [start],
  );

  const close = useCallback(() => {
    start();
    setState({ step: "none" });
  }, [start]);

  useEffect(() => () => running.current?.abort(), []);
  return { state, open, close };
}
