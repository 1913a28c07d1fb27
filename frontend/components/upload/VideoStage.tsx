"use client";

import type { RefObject } from "react";
import { Icon } from "@/components/ui/Icon";
import type { Box, Point } from "./choices";
import { Marks } from "./Marks";
import type { Part } from "./usePart";
import styles from "./VideoStage.module.css";

/** How the subject is shown to the worker: not at all, by a box, by points on it, or by points off it. */
export type Tool = "none" | "box" | "on" | "off";

interface Props {
  className: string | undefined;
  stage: RefObject<HTMLDivElement | null>;
  url: string;
  video: RefObject<HTMLVideoElement | null>;
  width: number;
  height: number;
  /** Whether this browser can show the video. */
  playable: boolean;
  onUnplayable: () => void;
  part: Part;
  tool: Tool;
  /** Whether the frame that is marked is the one that is shown. */
  atMarks: boolean;
  /** Shows it; null where only the worker can tell which it is. */
  onLook: (() => void) | null;
  box: Box | null;
  points: Point[];
  onBox: (box: Box | null) => void;
  onPoints: (points: Point[]) => void;
}

/** The video, with what marks its subject drawn over the first frame of the part. */
export function VideoStage({
  className,
  stage,
  url,
  video,
  width,
  height,
  playable,
  onUnplayable,
  part,
  tool,
  atMarks,
  onLook,
  ...marks
}: Props) {
  return (
    <div ref={stage} className={`${styles.stage} ${className ?? ""}`} tabIndex={-1}>
      <div className={styles.fit}>
        <video
          ref={video}
          className={styles.video}
          src={url}
          width={width}
          height={height}
          muted
          playsInline
          preload="auto"
          aria-label="Your video"
          onError={onUnplayable}
        />
        {playable && atMarks && <Marks tool={tool} {...marks} />}
      </div>
      {playable && tool !== "none" && !atMarks && !part.playing && onLook !== null && (
        <button type="button" className={styles.back} onClick={onLook}>
          Show the first frame, to mark it
        </button>
      )}
      {playable ? (
        <button
          type="button"
          className={styles.play}
          onClick={part.toggle}
          aria-label={part.playing ? "Pause" : "Play the part"}
        >
          <Icon name={part.playing ? "pause" : "play"} />
        </button>
      ) : (
        <p className={styles.unplayable}>
          This browser cannot show this video. The worker may still read it; saved as MP4 with H.264, it can
          be seen and marked here.
        </p>
      )}
    </div>
  );
}
