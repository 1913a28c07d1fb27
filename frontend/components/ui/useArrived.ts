"use client";

import { useState, useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether this came to be while the page was in use, and not with the page itself: then it may take the focus. */
export function useArrived(): boolean {
  const isLoading = useSyncExternalStore(
    never,
    () => false,
    () => true,
  );
  const [arrived] = useState(!isLoading);
  return arrived;
}
