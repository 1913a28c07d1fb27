import styles from "./Segments.module.css";

interface Props<T extends string | number> {
  legend: string;
  name: string;
  value: T;
  choices: readonly { value: T; name: string }[];
  onChange: (value: T) => void;
  /** Hides the legend from sight, where what stands around says it. */
  quiet?: boolean;
}

/** A few choices side by side: radio buttons that look like one control. */
export function Segments<T extends string | number>(props: Props<T>) {
  const { legend, name, value, choices, onChange, quiet } = props;
  return (
    <fieldset className={styles.group}>
      <legend className={quiet ? "visually-hidden" : styles.legend}>{legend}</legend>
      <div className={styles.row}>
        {choices.map((choice) => (
          <label key={choice.value} className={styles.choice}>
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            {choice.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
