"use client";

import { changed, KNOBS } from "@/lib/form";
import styles from "./Advanced.module.css";
import { countChanged } from "./choices";
import { KnobField } from "./KnobField";

interface Props {
  /** The settings that differ from their defaults, by the request's names. */
  knobs: Record<string, unknown>;
  /** Those to start from. */
  first: Record<string, unknown>;
  /** What is wrong with them together; null if nothing is. */
  conflict: string | null;
  onChange: (knobs: Record<string, unknown>) => void;
}

/** The worker's other settings, folded away. */
export function Advanced({ knobs, first, conflict, onChange }: Props) {
  const count = countChanged(knobs, first);
  return (
    <details className={`disclosure ${styles.root}`}>
      <summary>
        Advanced settings
        {count > 0 && <span className={styles.count}>{count} changed</span>}
      </summary>
      <div className={styles.fields}>
        {KNOBS.map((knob) => (
          <KnobField
            key={knob.name}
            knob={knob}
            value={knobs[knob.name] ?? knob.default}
            onChange={(value) => onChange(changed({ ...knobs, [knob.name]: value }))}
          />
        ))}
        {conflict !== null && (
          <p className={`error ${styles.wide}`} role="alert">
            {conflict}
          </p>
        )}
        {count > 0 && (
          <button type="button" className={`button ${styles.wide}`} onClick={() => onChange(first)}>
            Back to the defaults
          </button>
        )}
      </div>
    </details>
  );
}
