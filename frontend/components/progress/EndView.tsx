"use client";

import type { ReactNode } from "react";
import { useFocusHere } from "@/components/ui/useFocusHere";
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
  /** Whether its title takes the focus. */
  focused?: boolean;
}

/** A job that has ended without a result. */
export function EndView({ title, children, actions, code, urgent = false, focused = false }: Props) {
  const heading = useFocusHere<HTMLHeadingElement>(focused);
  return (
    <section className={`card ${styles.end}`} role={urgent ? "alert" : undefined}>
      <h2 ref={heading} tabIndex={-1} className={styles.title}>
        {title}
      </h2>
      <div className={styles.text}>{children}</div>
      <div className={styles.actions}>{actions}</div>
      {code !== undefined && <p className={styles.code}>{code}</p>}
    </section>
  );
}
