"use client";

import { useEffect, useState } from "react";
import { getHealth } from "@/lib/api/client";
import type { Capabilities } from "@/lib/api/types";

const AGAIN_MS = 15_000; // while the worker does not answer

/** What the page can do now: null while it is asked; it asks again as long as the worker does not answer. */
export function useCapabilities(): Capabilities | "offline" | null {
  const [found, setFound] = useState<Capabilities | "offline" | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    async function ask() {
      const answer = await getHealth().catch(() => "offline" as const);
      if (over) return;
      setFound(answer);
      if (answer === "offline" || !answer.reachable) timer = setTimeout(ask, AGAIN_MS);
    }
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  return found;
}
