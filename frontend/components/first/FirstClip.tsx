"use client";

import Link from "next/link";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Icon } from "@/components/ui/Icon";
import { onThemeChange, shownTheme } from "@/components/ui/theme";
import { useReducedMotion } from "@/components/ui/useReducedMotion";
import styles from "./FirstClip.module.css";

/** The example on the first screen: a clip, and the mesh made of it. Its still picture is there from the start. */
export function FirstClip() {
  const theme = useSyncExternalStore(onThemeChange, shownTheme, () => null);
  const reduced = useReducedMotion();
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState(false);

  useEffect(() => {
    if (theme !== null && !reduced) video.current?.play().catch(() => undefined); // a browser may refuse
  }, [theme, reduced]);

  function toggle() {
    if (playing) video.current?.pause();
    else video.current?.play().catch(() => undefined);
  }

  return (
    <figure className={styles.figure}>
      <div className={styles.tile}>
        {theme !== null && (
          <video
            ref={video}
            key={theme}
            className={styles.video}
            src={`/examples/first/${theme}.mp4`}
            poster={`/examples/first/${theme}.webp`}
            muted
            loop
            playsInline
            preload={reduced ? "none" : "auto"}
            aria-label="On the left a clip of a walking toy fox, on the right the animated mesh made of it, seen from changing sides."
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
          />
        )}
        <span className={styles.clip}>Your clip</span>
        <span className={styles.mesh}>The mesh</span>
        <button
          type="button"
          className={styles.toggle}
          onClick={toggle}
          aria-label={playing ? "Pause the example" : "Play the example"}
        >
          <Icon name={playing ? "pause" : "play"} size={18} />
        </button>
      </div>
      <figcaption className={styles.caption}>
        <span>Made from a two-second clip, without a GPU.</span>
        <Link href="/examples/fox">Turn it yourself</Link>
      </figcaption>
    </figure>
  );
}
