"use client";

import type { ReactNode } from "react";
import { Segments } from "@/components/ui/Segments";
import type { Box, Point } from "./choices";
import { MOST_POINTS, withSide } from "./marking";
import { PointFields } from "./PointFields";
import styles from "./SubjectField.module.css";
import type { Tool } from "./VideoStage";

interface Props {
  tool: Tool;
  /** Whether the video can be seen, and so be marked. */
  markable: boolean;
  box: Box | null;
  points: Point[];
  onTool: (tool: Tool) => void;
  onBox: (box: Box | null) => void;
  onPoints: (points: Point[]) => void;
}

const KINDS = [
  { value: "none", name: "Automatic" },
  { value: "box", name: "Box" },
  { value: "on", name: "Points" },
] as const;

const SIDES = [
  { side: 0, name: "Left" },
  { side: 1, name: "Top" },
  { side: 2, name: "Right" },
  { side: 3, name: "Bottom" },
] as const;

const WHOLE: Box = [0.1, 0.1, 0.9, 0.9];

/** How the worker is told what the subject is, with fields for those who do not draw. */
export function SubjectField({ tool, markable, box, points, onTool, onBox, onPoints }: Props) {
  if (!markable && tool === "none") {
    return (
      <div className={styles.root}>
        <h2 className={styles.legend}>Subject</h2>
        <p className="hint">
          The worker finds it by itself. The video cannot be seen here, so it cannot be marked: “Check the
          subject first” shows what the worker takes for it.
        </p>
      </div>
    );
  }
  return (
    <div className={styles.root}>
      <Segments
        legend="Subject"
        name="subject"
        value={tool === "off" ? "on" : tool}
        choices={KINDS}
        onChange={onTool}
      />
      {tool === "none" && <p className="hint">The worker finds the subject by itself.</p>}
      {tool === "box" && <BoxFields box={box} onBox={onBox} />}
      {(tool === "on" || tool === "off") && (
        <>
          <p className="hint">
            Tap the subject in the first frame, and beside it where the two are confused. {points.length} of{" "}
            {MOST_POINTS} points.
          </p>
          <Segments
            quiet
            legend="What a tap marks"
            name="click"
            value={tool}
            choices={[
              { value: "on", name: "On the subject" },
              { value: "off", name: "Off the subject" },
            ]}
            onChange={onTool}
          />
          <Typed>
            <PointFields points={points} onSubject={tool === "on"} onPoints={onPoints} />
          </Typed>
          {points.length > 0 && (
            <button
              type="button"
              className={`button button-quiet ${styles.remove}`}
              onClick={() => onPoints([])}
            >
              Remove {points.length === 1 ? "the point" : `all ${points.length} points`}
            </button>
          )}
        </>
      )}
    </div>
  );
}

/** Numbers for those who do not point at the picture. On a touch screen they are there for whoever comes by keyboard. */
function Typed({ children }: { children: ReactNode }) {
  return (
    <details className={`disclosure ${styles.typed}`}>
      <summary className="hint">Type numbers instead</summary>
      {children}
    </details>
  );
}

function BoxFields({ box, onBox }: { box: Box | null; onBox: (box: Box | null) => void }) {
  const shown = box ?? WHOLE;
  return (
    <>
      <p className="hint">
        {box === null
          ? "Drag a box around the subject in the first frame."
          : "Pull the box by its corners and sides until it is around the subject."}
      </p>
      <Typed>
        <div className={styles.sides}>
          {SIDES.map(({ side, name }) => (
            <label key={side} className="field">
              <span className={styles.side}>{name}</span>
              <input
                type="number"
                inputMode="decimal"
                min={0}
                max={100}
                step={1}
                placeholder={String(Math.round(shown[side] * 100))}
                value={box === null ? "" : Math.round(box[side] * 100)}
                onChange={(event) => {
                  const value = event.currentTarget.valueAsNumber;
                  if (!Number.isNaN(value)) onBox(withSide(shown, side, value / 100));
                }}
              />
            </label>
          ))}
        </div>
      </Typed>
      {box !== null && (
        <button type="button" className={`button button-quiet ${styles.remove}`} onClick={() => onBox(null)}>
          Remove the box
        </button>
      )}
    </>
  );
}
