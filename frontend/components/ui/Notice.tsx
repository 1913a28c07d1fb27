import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Notice.module.css";

interface Props {
  kind: "error" | "warn" | "info";
  title?: string;
  children?: ReactNode;
  /** Buttons or links for what to do next. */
  actions?: ReactNode;
}

/** Something to know or to act upon. An error is read out at once; the others when there is a pause. */
export function Notice({ kind, title, children, actions }: Props) {
  return (
    <div className={`${styles.notice} ${styles[kind]}`} role={kind === "error" ? "alert" : "note"}>
      {kind !== "info" && (
        <span className={styles.icon}>
          <Icon name="alert" />
        </span>
      )}
      <div className={styles.body}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        {children !== undefined && <div className={styles.text}>{children}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
