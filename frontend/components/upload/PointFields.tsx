"use client";

import { useState } from "react";
import type { Point } from "./choices";
import { clicked } from "./marking";
import styles from "./SubjectField.module.css";

interface Props {
  points: Point[];
  /** What a new point says. */
  onSubject: boolean;
  onPoints: (points: Point[]) => void;
}

/** Points by keyboard: two numbers add one, a button takes each away. */
export function PointFields({ points, onSubject, onPoints }: Props) {
  const [x, setX] = useState("50");
  const [y, setY] = useState("50");
  const at = { x: Number(x) / 100, y: Number(y) / 100 };
  const valid = [at.x, at.y].every((value) => value >= 0 && value <= 1);
  return (
    <>
      <div className={styles.add}>
        <label className="field">
          <span className={styles.side}>From the left, %</span>
          <input
            type="number"
            min={0}
            max={100}
            value={x}
            onChange={(event) => setX(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          <span className={styles.side}>From the top, %</span>
          <input
            type="number"
            min={0}
            max={100}
            value={y}
            onChange={(event) => setY(event.currentTarget.value)}
          />
        </label>
        <button
          type="button"
          className="button"
          disabled={!valid}
          onClick={() => onPoints(clicked(points, at, onSubject))}
        >
          Add
        </button>
      </div>
      {points.length > 0 && (
        <button type="button" className={`button button-quiet ${styles.remove}`} onClick={() => onPoints([])}>
          Remove {points.length === 1 ? "the point" : `all ${points.length} points`}
        </button>
      )}
    </>
  );
}
