import type { Mode } from "./choices";
import styles from "./ModeCards.module.css";
import { MODES } from "./modes";

/** The modes as radio buttons, each with what it needs and what it gives. */
export function ModeCards({ value, onChange }: { value: Mode; onChange: (mode: Mode) => void }) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Quality</legend>
      <div className={styles.cards}>
        {MODES.map(({ mode, name, quality, memory, time }) => (
          <label key={mode} className={styles.card}>
            <input
              type="radio"
              name="mode"
              value={mode}
              checked={mode === value}
              onChange={() => onChange(mode)}
            />
            <span className={styles.name}>{name}</span>
            <span className={styles.quality}>{quality}</span>
            <span className={styles.needs}>
              {memory} GPU{time !== null && ` · ${time}`}
            </span>
          </label>
        ))}
      </div>
      <p className="hint">
        Times are Meta’s for ActionMesh on an H100. A worker without a GPU takes no heed of this.
      </p>
    </fieldset>
  );
}
