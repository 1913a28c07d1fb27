"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { errorOf } from "@/lib/api/failure";
import type { ApiError } from "@/lib/api/types";

/** How far the saving of something is; percent 0 to 100. */
export type Saving =
  | { step: "idle" }
  | { step: "fetching"; percent: number }
  | { step: "failed"; error: ApiError };

type Work = (onPercent: (percent: number) => void, signal: AbortSignal) => Promise<void>;

/** Saves something that has to be fetched first; it stops when what shows it goes. */
export function useSaving(work: Work): { saving: Saving; save: () => void } {
  const [saving, setSaving] = useState<Saving>({ step: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const save = useCallback(() => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setSaving({ step: "fetching", percent: 0 });
    work((percent) => setSaving({ step: "fetching", percent }), own.signal).then(
      () => setSaving({ step: "idle" }),
      (thrown) => !own.signal.aborted && setSaving({ step: "failed", error: errorOf(thrown) }),
    );
  }, [work]);

  return { saving, save };
}
