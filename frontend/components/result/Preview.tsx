"use client";

import { useId, useState } from "react";
import styles from "./Preview.module.css";

/** The preview video, to be watched; nothing once it cannot be played, such as after its link's end. */
export function Preview({ url, poster }: { url: string; poster: string | undefined }) {
  const id = useId();
  const [lost, setLost] = useState(false);
  if (lost) return null;
  return (
    <section className={styles.preview} aria-labelledby={id}>
      <h2 id={id}>Preview</h2>
      <video
        src={url}
        poster={poster}
        className={styles.video}
        controls
        loop
        muted
        playsInline
        preload="metadata"
        aria-label="Preview video"
        onError={() => setLost(true)}
      />
    </section>
  );
}
