"use client";

import { useEffect, useState } from "react";

/** Seconds since a moment in milliseconds since 1970, told every second; null where there is none. */
export function useElapsed(sinceMs: number | null): number | null {
  const [nowMs, setNowMs] = useState<number | null>(null);
  useEffect(() => {
    if (sinceMs === null) return;
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [sinceMs]);
  return sinceMs === null || nowMs === null ? null : Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
}
