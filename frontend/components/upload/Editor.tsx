"use client";

import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { useFocusHere } from "@/components/ui/useFocusHere";
import { size, span } from "@/components/ui/words";
import { MIN_FRAMES } from "@/lib/video/chosen";
import type { Choices } from "./choices";
import type { Clip } from "./clip";
import styles from "./Editor.module.css";
import { FrameCount } from "./FrameCount";
import { MarksMoved } from "./MarksMoved";
import { ModeCards } from "./ModeCards";
import { standingOf } from "./marking";
import { SubjectField } from "./SubjectField";
import { TakenFrames } from "./TakenFrames";
import { TrimStrip } from "./TrimStrip";
import { takenOf } from "./taken";
import { usePart } from "./usePart";
import { type Tool, VideoStage } from "./VideoStage";

interface Props {
  clip: Clip;
  /** For the strip; empty while they are made. */
  pictures: string[];
  choices: Choices;
  /** The worker's engine, as a job before told it; null where there was none. */
  engine: string | null;
  onChange: (change: Partial<Choices>) => void;
  onReplace: () => void;
  /** What the worker takes for the subject, where that was asked; the callback leads to the marks. */
  check: ((onMark: () => void) => ReactNode) | null;
  /** The other settings, folded away. */
  advanced: ReactNode;
  /** What sends the job off. */
  children: ReactNode;
}

const INTO_FRAME_S = 0.001; // so that a rounded time does not show the frame before

/** Where a job is made of a video: the part, the frames, the subject, the quality. */
export function Editor({
  clip,
  pictures,
  choices,
  engine,
  onChange,
  onReplace,
  check,
  advanced,
  children,
}: Props) {
  const { startS, endS } = choices;
  const { durationS, firstS, fps, width, height } = clip.facts;
  const video = useRef<HTMLVideoElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const part = usePart(video, firstS + startS, firstS + endS);
  const heading = useFocusHere<HTMLHeadingElement>(true);
  const [tool, setTool] = useState<Tool>(toolOf(choices));
  const taken = takenOf(choices, clip.facts);

  const [first] = taken.times; // what is marked is marked in it
  const firstAtS = first === undefined ? null : firstS + first + INTO_FRAME_S;
  const atMarks =
    !part.playing && firstAtS !== null && (part.atS === null || Math.abs(part.atS - firstAtS) < 0.5 / fps);

  const isUnknown = first === undefined && taken.available === null;

  function lookAtFirst() {
    if (firstAtS !== null) part.look(firstAtS);
  }

  const showMarks = useEffectEvent(() => {
    if (tool !== "none") lookAtFirst();
  });
  useEffect(() => showMarks(), []); // those that a job had which is edited

  function chooseTool(next: Tool) {
    setTool(next);
    if (next !== "none") lookAtFirst();
    if (next === "none") onChange({ box: null, points: [], markedAtS: null });
    if (next === "box") onChange({ points: [] });
    if (next === "on") onChange({ box: null });
  }

  /** Marks are of the first frame as it is now; nothing is marked where that is not known. */
  function mark(change: Partial<Choices>) {
    if (first === undefined) return;
    lookAtFirst();
    onChange({ ...change, markedAtS: first });
  }
  const onBox = (box: Choices["box"]) => mark({ box });
  const onPoints = (points: Choices["points"]) => mark({ points });

  function leadToMarks() {
    if (tool === "none") chooseTool("box");
    stage.current?.scrollIntoView({ block: "nearest" });
    stage.current?.focus({ preventScroll: true });
  }

  const isHeld = tool !== "none" || check !== null; // the video, in sight on a phone
  return (
    <div className={`${styles.editor} ${isHeld ? styles.held : ""}`}>
      <div className={styles.left}>
        <div className={styles.top}>
          <h1 ref={heading} tabIndex={-1} className={styles.name}>
            {clip.file.name}
          </h1>
          <p className="hint">
            {span(durationS)} · {width} × {height} · {size(clip.file.size)}
          </p>
          <button type="button" className="button" onClick={onReplace}>
            Another video
          </button>
        </div>
        <VideoStage
          className={styles.stage}
          stage={stage}
          url={clip.url}
          video={video}
          width={width}
          height={height}
          part={part}
          tool={tool}
          atMarks={atMarks}
          onLook={firstAtS === null ? null : lookAtFirst}
          box={choices.box}
          points={choices.points}
          onBox={onBox}
          onPoints={onPoints}
        />
        <TrimStrip
          file={clip.file}
          video={video}
          pictures={pictures}
          durationS={durationS}
          firstS={firstS}
          fps={fps}
          startS={startS}
          endS={endS}
          minS={Math.min(durationS, MIN_FRAMES / fps)}
          ticks={taken.times}
          onChange={(start, end) => onChange({ startS: start, endS: end })}
          onLook={(atS) => part.look(firstS + atS)}
        />
        <TakenFrames taken={taken} />
      </div>
      <div className={`card ${styles.right}`}>
        {check?.(leadToMarks)}
        <SubjectField
          tool={tool}
          box={choices.box}
          points={choices.points}
          onTool={chooseTool}
          onBox={onBox}
          onPoints={onPoints}
        />
        <MarksMoved
          standing={tool !== "none" && isUnknown ? "unknown" : standingOf(choices, taken)}
          seen={atMarks}
          onLook={lookAtFirst}
          onKeep={() => mark({})}
          onClear={() => mark({ box: null, points: [] })}
        />
        <ModeCards
          value={choices.mode}
          frames={taken.count}
          engine={engine}
          onChange={(mode) => onChange({ mode })}
        />
        <div className={styles.send}>{children}</div>
      </div>
      <div className={styles.below}>
        <FrameCount value={choices.numFrames} onChange={(numFrames) => onChange({ numFrames })} />
        {advanced}
      </div>
    </div>
  );
}

function toolOf({ box, points }: Choices): Tool {
  if (box !== null) return "box";
  return points.length > 0 ? "on" : "none";
}
