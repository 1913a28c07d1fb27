"use client";

import { KeyField } from "./KeyField";
import { useApiKey } from "./useApiKey";

/** The field for the operator's key where the page has no other, once a call was refused for want of it. */
export function OwnKeyField({ code }: { code: string }) {
  const [key, setKey] = useApiKey();
  return code === "KEY_REQUIRED" || code === "KEY_WRONG" ? <KeyField value={key} onChange={setKey} /> : null;
}
