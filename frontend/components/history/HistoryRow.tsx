"use client";

import Link from "next/link";
import { Icon } from "@/components/ui/Icon";
import { ago } from "@/components/ui/words";
import { dropDraft } from "@/components/upload/draft";
import { type Entry, forget } from "@/lib/history";
import type { JobState } from "@/lib/job/state";
import styles from "./HistoryList.module.css";
import { standingOf } from "./standing";
import { useThumbnail } from "./useHistory";

/** A job on the list: its picture, its name, how it stands. */
export function HistoryRow({ entry, name, state }: { entry: Entry; name: string; state: JobState | null }) {
  const picture = useThumbnail(entry);
  const { words, kind } = standingOf(entry, state);
  return (
    <div className={`${styles.row} ${styles[kind]}`}>
      <div className={styles.picture}>
        {picture === null ? (
          <Icon name="film" size={24} />
        ) : (
          // biome-ignore lint/performance/noImgElement: a picture kept in the browser
          <img src={picture} alt="" />
        )}
      </div>
      <div className={styles.words}>
        <Link href={`/jobs/${entry.id}`} className={styles.name}>
          {name}
        </Link>
        <span className={styles.state}>
          <span className={styles.dot} />
          {words}
        </span>
        <span className="hint">{ago(new Date(entry.createdAt), new Date())}</span>
      </div>
      <button
        type="button"
        className={styles.forget}
        onClick={() => {
          if (!confirm(`Forget ${name}? What this browser keeps of it is deleted.`)) return;
          document.getElementById("history")?.focus(); // this button goes
          void forget(entry.id);
          void dropDraft(entry.id);
        }}
        aria-label={`Forget ${name}`}
        title="Forget"
      >
        <Icon name="trash" size={18} />
      </button>
    </div>
  );
}
