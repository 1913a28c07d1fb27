"use client";

import { useEffect, useRef, useState } from "react";
import { useReducedMotion } from "@/components/ui/useReducedMotion";
import styles from "./ClipWhileWaiting.module.css";
import type { FoundDraft } from "./useDraft";

/** The clip that a job was made of, playing its part over and over until there is a mesh to show. */
export function ClipWhileWaiting({ draft }: { draft: FoundDraft | null | undefined }) {
  const video = useRef<HTMLVideoElement>(null);
  const reduced = useReducedMotion();
  const [broken, setBroken] = useState(false); // this browser cannot show it
  const startS = draft ? draft.firstS + draft.choices.startS : 0;
  const endS = draft ? draft.firstS + draft.choices.endS : 0;

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const rewind = () => {
      if (element.currentTime < startS - 0.1 || element.currentTime >= endS - 0.03)
        element.currentTime = startS;
    };
    const again = () => {
      rewind();
      if (!reduced) element.play().catch(() => undefined);
    };
    element.addEventListener("timeupdate", rewind);
    element.addEventListener("ended", again);
    again();
    return () => {
      element.removeEventListener("timeupdate", rewind);
      element.removeEventListener("ended", again);
    };
  }, [startS, endS, reduced]);

  return (
    <div className={styles.stage}>
      {!draft?.url || broken ? (
        <p className={styles.words}>The mesh will be shown here.</p>
      ) : (
        <>
          <video
            ref={video}
            className={styles.video}
            src={draft.url}
            muted
            playsInline
            aria-label="Your clip"
            onError={() => setBroken(true)}
          />
          <span className={styles.label}>Your clip</span>
        </>
      )}
    </div>
  );
}
