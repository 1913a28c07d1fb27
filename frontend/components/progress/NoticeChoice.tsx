"use client";

import type { DoneNotice } from "@/components/job/useDoneNotice";
import styles from "./ProgressView.module.css";

/** Lets a visitor ask for a notification at the job's end. */
export function NoticeChoice({ notice: { wanted, refused, set } }: { notice: DoneNotice }) {
  return (
    <div>
      <label className={styles.notice}>
        <input type="checkbox" checked={wanted} onChange={(event) => set(event.currentTarget.checked)} />
        Notify me when it is done
      </label>
      <p className="hint" role="status">
        {refused
          ? "The browser does not allow this page to."
          : wanted
            ? "Leave this tab open; it may be in the background."
            : ""}
      </p>
    </div>
  );
}
