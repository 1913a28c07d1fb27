"use client";

import { lazy, Suspense } from "react";
import styles from "./HistoryList.module.css";
import { useHistory } from "./useHistory";

/** Its code comes when there is something to list. */
const Clips = lazy(() => import("./Clips").then((module) => ({ default: module.Clips })));

/** The jobs that this browser has started, those of one clip together. */
export function HistoryList() {
  const entries = useHistory();
  if (entries === null) return null;
  return (
    <section className={styles.section} aria-labelledby="history">
      <h2 id="history" tabIndex={-1}>
        Your meshes
      </h2>
      {entries.length === 0 ? (
        <p className="hint">
          What you make stays here, in this browser, also when the worker no longer has it.
        </p>
      ) : (
        <Suspense>
          <Clips entries={entries} />
        </Suspense>
      )}
    </section>
  );
}
