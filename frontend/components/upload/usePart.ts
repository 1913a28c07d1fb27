"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";

export interface Part {
  playing: boolean;
  /** The moment that is shown, in seconds; null while it is not known. */
  atS: number | null;
  /** Plays the part over and over, or stops. */
  toggle: () => void;
  /** Stops, and shows a moment of the video, in seconds. */
  look: (atS: number) => void;
}

const REWIND_S = 0.02; // so close to the end nothing is left to play

const TIMES = ["loadeddata", "seeked", "timeupdate"];

/** Plays the part of a video between two moments, in seconds, over and over. */
export function usePart(video: RefObject<HTMLVideoElement | null>, startS: number, endS: number): Part {
  const [playing, setPlaying] = useState(false);
  const [atS, setAtS] = useState<number | null>(null);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const keepInside = () => {
      if (!element.paused && element.currentTime >= endS - REWIND_S) element.currentTime = startS;
    };
    const again = () => {
      element.currentTime = startS;
      element.play().catch(() => undefined);
    };
    const tell = () => setPlaying(!element.paused);
    const tellTime = () => setAtS(element.currentTime);
    for (const event of TIMES) element.addEventListener(event, tellTime);
    element.addEventListener("timeupdate", keepInside);
    element.addEventListener("ended", again);
    element.addEventListener("play", tell);
    element.addEventListener("pause", tell);
    return () => {
      for (const event of TIMES) element.removeEventListener(event, tellTime);
      element.removeEventListener("timeupdate", keepInside);
      element.removeEventListener("ended", again);
      element.removeEventListener("play", tell);
      element.removeEventListener("pause", tell);
    };
  }, [video, startS, endS]);

  const toggle = useCallback(() => {
    const element = video.current;
    if (element === null) return;
    if (!element.paused) return element.pause();
    if (element.currentTime < startS || element.currentTime >= endS - REWIND_S) element.currentTime = startS;
    element.play().catch(() => undefined);
  }, [video, startS, endS]);

  const look = useCallback(
    (atS: number) => {
      const element = video.current;
      if (element === null) return;
      element.pause();
      element.currentTime = atS;
    },
    [video],
  );

  return { playing, atS, toggle, look };
}
