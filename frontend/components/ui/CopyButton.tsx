"use client";

import { useEffect, useState } from "react";
import { Icon } from "./Icon";

const SHOWN_MS = 2000;

/** Copies a text, and says so for two seconds. Where the browser has no clipboard it shows the text to copy. */
export function CopyButton({ text, children }: { text: () => string; children: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");

  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      setState("copied");
    } catch {
      setState("refused");
    }
  }

  if (state === "refused") {
    return (
      <input
        // biome-ignore lint/a11y/noAutofocus: the button that had the focus has gone
        autoFocus
        readOnly
        className="button"
        value={text()}
        aria-label={children}
        onFocus={(event) => event.currentTarget.select()}
      />
    );
  }
  return (
    <button type="button" className="button" aria-label={children} onClick={copy}>
      <Icon name={state === "copied" ? "check" : "link"} size={18} />
      <span role="status">{state === "copied" ? "Copied" : children}</span>
    </button>
  );
}
