import type { Mode } from "./choices";
import styles from "./ModeCards.module.css";
import { hasQualities, isSmall, QUALITIES, timeOf, withSmall } from "./modes";

interface Props {
  value: Mode;
  /** How many frames are taken. */
  frames: number;
  /** The worker's engine, as a job before told it; null where there was none. */
  engine: string | null;
  onChange: (mode: Mode) => void;
}

/** The qualities as radio buttons, each with what it gives and how long it takes; none where the engine has but one. */
export function ModeCards({ value, frames, engine, onChange }: Props) {
  if (!hasQualities(engine)) return null;
  const small = isSmall(value);
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Quality</legend>
      <div className={styles.cards}>
        {QUALITIES.map((quality) => {
          const mode = small ? quality.small : quality.mode;
          const time = timeOf(mode, frames);
          return (
            <label key={quality.name} className={styles.card}>
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={mode === value}
                onChange={() => onChange(mode)}
              />
              <span className={styles.name}>{quality.name}</span>
              <span className={styles.quality}>{quality.what}</span>
              <span className={styles.needs}>{time ?? "slower"}</span>
            </label>
          );
        })}
      </div>
      <label className={styles.small}>
        <input
          type="checkbox"
          checked={small}
          onChange={(event) => onChange(withSmall(value, event.currentTarget.checked))}
        />
        Save memory, if it ran out
      </label>
      <p className="hint">Times as ActionMesh’s authors state them, for a fast GPU.</p>
    </fieldset>
  );
}
