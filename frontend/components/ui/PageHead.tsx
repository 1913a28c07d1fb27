import type { ReactNode, RefObject } from "react";
import styles from "./PageHead.module.css";

interface Props {
  title: string;
  /** Of the title, which can take the focus. */
  heading?: RefObject<HTMLHeadingElement | null>;
  children?: ReactNode;
  /** Buttons at the right, below the title on a phone. */
  actions?: ReactNode;
}

/** The head of a page: its title, a line about it, what can be done. */
export function PageHead({ title, heading, children, actions }: Props) {
  return (
    <div className={styles.head}>
      <div className={styles.words}>
        <h1 ref={heading} tabIndex={heading && -1} className={styles.title}>
          {title}
        </h1>
        {children !== undefined && <div className={styles.line}>{children}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
