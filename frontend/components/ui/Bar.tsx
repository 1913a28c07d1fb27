import styles from "./Bar.module.css";

/** A bar of progress: percent 0 to 100, or null while there is no telling. */
export function Bar({ percent, label }: { percent: number | null; label: string }) {
  return percent === null ? (
    <progress className={styles.bar} aria-label={label} />
  ) : (
    <progress className={styles.bar} aria-label={label} max={100} value={percent} />
  );
}
