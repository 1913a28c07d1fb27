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

/** Points by keyboard: two numbers add one. */
export function PointFields({ points, onSubject, onPoints }: Props) {
  const [x, setX] = useState("50");
  const [y, setY] = useState("50");
  const at = { x: Number(x) / 100, y: Number(y) / 100 };
  const valid = [at.x, at.y].every((value) => value >= 0 && value <= 1);
  return (
    <div className={styles.add}>
      <PerCent name="From the left, %" value={x} onChange={setX} />
      <PerCent name="From the top, %" value={y} onChange={setY} />
      <button
        type="button"
        className="button"
        disabled={!valid}
        onClick={() => onPoints(clicked(points, at, onSubject))}
      >
        Add
      </button>
    </div>
  );
}

function PerCent({
  name,
  value,
  onChange,
}: {
  name: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span className={styles.side}>{name}</span>
      <input
        type="number"
        min={0}
        max={100}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
