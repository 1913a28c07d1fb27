"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { type Entry, list, loadThumbnail, subscribe } from "@/lib/history";

const NONE: readonly Entry[] = [];

/** This browser's jobs, the newest first; null on the server and until the page has come to life. */
export function useHistory(): readonly Entry[] | null {
  const entries = useSyncExternalStore<readonly Entry[] | null>(subscribe, list, () => null);
  return entries?.length === 0 ? NONE : entries;
}

/** The address of a job's small picture; null where there is none. It is looked for anew when the job ends. */
export function useThumbnail({ id, end }: Entry): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (end !== "done") return;
    let made: string | null = null;
    let over = false;
    void loadThumbnail(id).then((picture) => {
      if (picture === null || over) return;
      made = URL.createObjectURL(picture);
      setUrl(made);
    });
    return () => {
      over = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [id, end]);
  return url;
}
