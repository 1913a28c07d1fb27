"use client";

import { useEffect, useState } from "react";
import { getHealth } from "@/lib/api/client";
import type { Workers } from "@/lib/api/types";

const AGAIN_MS = 10_000;

/** The endpoint's workers, as long as somebody waits for one; null while that is not known, and when nobody does. */
export function useWorkers(waiting: boolean): Workers | null {
  const [workers, setWorkers] = useState<Workers | null>(null);
  useEffect(() => {
    if (!waiting) return;
    const over = new AbortController();
    async function ask() {
      if (document.visibilityState === "hidden") return;
      const found = await getHealth(over.signal).catch(() => null);
      if (!over.signal.aborted) setWorkers(found?.workers ?? null);
    }
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => {
      over.abort();
      clearInterval(timer);
      setWorkers(null);
    };
  }, [waiting]);
  return workers;
}
