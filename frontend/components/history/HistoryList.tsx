"use client";

import styles from "./HistoryList.module.css";
import { HistoryRow, LiveRow } from "./HistoryRow";
import { useHistory } from "./useHistory";

/** The jobs that this browser has started; those that have not ended are followed. */
export function HistoryList() {
  const entries = useHistory();
  if (entries === null) return null;
  return (
    <section className={styles.section} aria-labelledby="history">
      <h2 id="history">Your meshes</h2>
      {entries.length === 0 ? (
        <p className="hint">
          What you make stays here, in this browser, also when the worker no longer has it.
        </p>
      ) : (
        <ul className={styles.list}>
          {entries.map((entry) => (
            <li key={entry.id}>
              {entry.end === null ? <LiveRow entry={entry} /> : <HistoryRow entry={entry} state={null} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
