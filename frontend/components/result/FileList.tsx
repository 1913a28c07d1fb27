import { size } from "@/components/ui/words";
import type { File } from "@/lib/contract/result";
import type { Entry } from "./entries";
import styles from "./FileList.module.css";
import { SaveButton } from "./SaveButton";

interface Props {
  entries: Entry[];
  /** What the result is called. */
  name: string;
  /** Why a file has no address. */
  missing: string;
}

/** The files one by one. */
export function FileList({ entries, name, missing }: Props) {
  return (
    <ul className={styles.list}>
      {entries.map((entry) => (
        <li key={entry.title} className={styles.entry}>
          {entry.files.length === 1 && entry.files[0] ? (
            <Row title={entry.title} what={entry.what} file={entry.files[0]} name={name} missing={missing} />
          ) : (
            <Several entry={entry} name={name} missing={missing} />
          )}
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  title: string;
  what?: string;
  file: File;
  name: string;
  missing: string;
}

function Row({ title, what, file, name, missing }: RowProps) {
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {what !== undefined && <p className="hint">{what}</p>}
      </div>
      <span className={styles.size}>{size(file.bytes)}</span>
      {file.url === null ? (
        <span className={styles.none}>{missing}</span>
      ) : (
        <SaveButton file={file} title={title} name={name} />
      )}
    </div>
  );
}

function Several({ entry, name, missing }: { entry: Entry; name: string; missing: string }) {
  const bytes = entry.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <details className={styles.several}>
      <summary className={styles.row}>
        <div className={styles.words}>
          <p className={styles.title}>{entry.title}</p>
          <p className="hint">
            {entry.what} {entry.files.length} files
          </p>
        </div>
        <span className={styles.size}>{size(bytes)}</span>
        <span className={styles.chevron} />
      </summary>
      <ul className={styles.list}>
        {entry.files.map((file) => (
          <li key={file.name} className={styles.entry}>
            <Row title={file.name} file={file} name={name} missing={missing} />
          </li>
        ))}
      </ul>
    </details>
  );
}
