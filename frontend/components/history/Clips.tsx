"use client";

import Link from "next/link";
import { lazy, Suspense } from "react";
import type { Entry } from "@/lib/history";
import styles from "./HistoryList.module.css";
import { HistoryRow } from "./HistoryRow";
import { useClips } from "./useClips";
import { comparable, compareAddress, type Version, versionsOf } from "./versions";

/** Its code, which follows a job, comes when there is one that has not ended. */
const LiveRow = lazy(() => import("./LiveRow").then((module) => ({ default: module.LiveRow })));

/** Jobs, those of one clip together; those that have not ended are followed. */
export function Clips({ entries }: { entries: readonly Entry[] }) {
  const clips = useClips(entries);
  return (
    <ul className={styles.list}>
      {versionsOf(entries, (id) => clips.get(id)).map((versions) => (
        <Clip key={versions.at(-1)?.entry.id} versions={versions} />
      ))}
    </ul>
  );
}

/** All that was made of a clip. */
function Clip({ versions }: { versions: Version[] }) {
  const [newest] = versions;
  if (newest === undefined) return null;
  if (versions.length === 1) {
    return (
      <li>
        <Row version={newest} several={false} />
      </li>
    );
  }
  const pair = comparable(versions);
  return (
    <li className={styles.clip}>
      <div className={styles.head}>
        <h3>
          {newest.entry.name}, {versions.length} versions
        </h3>
        {pair !== null && (
          <Link
            href={compareAddress(pair[0].entry.id, pair[1].entry.id)}
            aria-label={`Compare versions of ${newest.entry.name}`}
          >
            Compare
          </Link>
        )}
      </div>
      <ul className={styles.list}>
        {versions.map((version) => (
          <li key={version.entry.id}>
            <Row version={version} several />
          </li>
        ))}
      </ul>
    </li>
  );
}

function Row({ version: { entry, number }, several }: { version: Version; several: boolean }) {
  const name = several ? `${entry.name}, version ${number}` : entry.name;
  const row = <HistoryRow entry={entry} name={name} state={null} />;
  if (entry.end !== null) return row;
  return (
    <Suspense fallback={row}>
      <LiveRow entry={entry} name={name} />
    </Suspense>
  );
}
