import type { ReactNode } from "react";
import styles from "./EndView.module.css";

interface Props {
  title: string;
  /** What happened, and what to do about it. */
  children: ReactNode;
  actions: ReactNode;
  /** A stable code, small, for those who ask for help. */
  code?: string | undefined;
  /** Whether it is to be read out at once. */
  urgent?: boolean;
}

/** A job that has ended without a result. */
export function EndView({ title, children, actions, code, urgent = false }: Props) {
  return (
    <section className={`card ${styles.end}`} role={urgent ? "alert" : undefined}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.text}>{children}</div>
      <div className={styles.actions}>{actions}</div>
      {code !== undefined && <p className={styles.code}>{code}</p>}
    </section>
  );
}
