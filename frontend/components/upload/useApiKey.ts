"use client";

import { useCallback, useEffect, useState } from "react";
import { apiKey, setApiKey } from "@/lib/api/key";

/** The operator's key, kept as long as the tab. "" on the server and without one. */
export function useApiKey(): [string, (key: string) => void] {
  const [key, setKey] = useState("");
  useEffect(() => setKey(apiKey()), []);
  const keep = useCallback((next: string) => {
    setApiKey(next);
    setKey(next);
  }, []);
  return [key, keep];
}
