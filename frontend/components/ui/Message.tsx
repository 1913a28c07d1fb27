import type { ReactNode } from "react";
import styles from "./Message.module.css";

/** A page that has little to say: a title, a sentence, what to do next. */
export function Message({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions: ReactNode;
}) {
  return (
    <section className={styles.message}>
      <h1>{title}</h1>
      <div className={styles.text}>{children}</div>
      <div className={styles.actions}>{actions}</div>
    </section>
  );
}
