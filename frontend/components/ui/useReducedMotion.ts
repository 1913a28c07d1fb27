import { useSyncExternalStore } from "react";

const QUERY = "(prefers-reduced-motion: reduce)";

function onChange(callback: () => void): () => void {
  const query = matchMedia(QUERY);
  query.addEventListener("change", callback);
  return () => query.removeEventListener("change", callback);
}

/** Whether nothing is to move by itself. True on the server, so that nothing starts before it is known. */
export function useReducedMotion(): boolean {
  return useSyncExternalStore(
    onChange,
    () => matchMedia(QUERY).matches,
    () => true,
  );
}
