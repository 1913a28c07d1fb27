"use client";

import { useEffect, useState } from "react";
import { thumbnails } from "@/lib/video";
import { isLong, standIns, type View } from "./view";

const COUNT = 10;
const STILL_MS = 300; // a view that moves on within it has no pictures made

/** Pictures for a view: those of the whole video where it is that, else its own as soon as there are any. */
export function useFinePictures(
  file: File,
  pictures: readonly string[],
  view: View,
  durationS: number,
  firstS: number,
): readonly string[] {
  const [made, setMade] = useState<{ fromS: number; toS: number; pictures: string[] } | null>(null);
  const long = isLong(durationS);
  const { fromS, toS } = view;

  useEffect(() => {
    if (!long) return;
    const stop = new AbortController();
    const still = setTimeout(async () => {
      const own = await thumbnails(file, COUNT, stop.signal, { fromS: firstS + fromS, toS: firstS + toS });
      if (!stop.signal.aborted && own.length > 0) setMade({ fromS, toS, pictures: own });
    }, STILL_MS);
    return () => {
      clearTimeout(still);
      stop.abort();
    };
  }, [file, long, fromS, toS, firstS]);

  if (!long) return pictures;
  if (made !== null && made.fromS === fromS && made.toS === toS) return made.pictures;
  return standIns(pictures, view, durationS, COUNT);
}
