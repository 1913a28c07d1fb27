"use client";

import { useSyncExternalStore } from "react";
import { find, subscribe } from "@/lib/history";

/** What a job is called in this browser's history; null where it is not in it. */
export function useName(id: string): string | null {
  return useSyncExternalStore(
    subscribe,
    () => find(id)?.name ?? null,
    () => null,
  );
}
