"use client";

import { useEffect, useRef, useState } from "react";
import { Icon } from "@/components/ui/Icon";
import styles from "./DropZone.module.css";

const ACCEPTED = "video/mp4,video/quicktime,video/webm,.mp4,.m4v,.mov,.webm";

interface Props {
  /** The name of a file that is being looked into; null if none is. */
  opening: string | null;
  onFile: (file: File) => void;
}

/** Takes a video: dropped anywhere on the page, or picked. */
export function DropZone({ opening, onFile }: Props) {
  const over = useDropAnywhere(onFile);
  return (
    <div className={styles.root}>
      <label className={`${styles.zone} ${over ? styles.over : ""}`}>
        <input
          type="file"
          className={styles.input}
          accept={ACCEPTED}
          disabled={opening !== null}
          aria-describedby="limits"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) onFile(file);
            event.currentTarget.value = ""; // so that the same file can be picked again
          }}
        />
        <span className={styles.icon}>
          <Icon name="upload" size={28} />
        </span>
        <span className={styles.title}>{over ? "Drop it here" : "Drop a video here"}</span>
        <span className={`button button-primary ${styles.pick}`}>
          {opening === null ? "Choose a video" : "Looking into it…"}
        </span>
      </label>
      <p id="limits" className="hint">
        MP4, MOV or WebM, however long: you choose two to four seconds of it.
      </p>
    </div>
  );
}

/** Whether files are being dragged over the page; a dropped one is handed on, and never opened by the browser. */
function useDropAnywhere(onFile: (file: File) => void): boolean {
  const [over, setOver] = useState(false);
  const handler = useRef(onFile);
  useEffect(() => {
    handler.current = onFile;
  });
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: globalThis.DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: globalThis.DragEvent) => {
      if (hasFiles(event) && ++depth === 1) setOver(true);
    };
    const leave = (event: globalThis.DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const allow = (event: globalThis.DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: globalThis.DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) handler.current(file);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: allow, drop };
    for (const [name, listener] of Object.entries(listeners))
      addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        removeEventListener(name, listener as EventListener);
    };
  }, []);
  return over;
}
