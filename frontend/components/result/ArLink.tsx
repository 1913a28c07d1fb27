"use client";

import { useEffect, useState } from "react";
import type { Result } from "@/lib/contract/result";
import { type ArViewer, arAddress, arViewerHere } from "./ar";
import styles from "./ResultView.module.css";

/** Shows the mesh in the room, on a phone that can; nothing elsewhere. */
export function ArLink({ result }: { result: Result }) {
  const [viewer, setViewer] = useState<ArViewer | null>(null);
  useEffect(() => setViewer(arViewerHere()), []);
  const address = viewer === null ? null : arAddress(result, viewer);
  if (address === null) return null;
  return (
    <a rel="ar" href={address} className={styles.ar}>
      {/* biome-ignore lint/performance/noImgElement: Quick Look opens by a link whose only child is a picture */}
      <img src="/ar.svg" alt="View in your room" width={180} height={44} />
    </a>
  );
}
