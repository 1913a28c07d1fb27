"use client";

import { useCallback, useRef, useState } from "react";
import { FormRow } from "./FormRow";
import { formsFor } from "./forms";
import styles from "./MoreForms.module.css";
import type { Further } from "./useFurther";

/** What else can be made of a result, each by a job of its own. */
export function MoreForms({ further }: { further: Further }) {
  const [made, setMade] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const onMade = useCallback((title: string, hadFocus: boolean) => {
    setMade(title);
    if (hadFocus) heading.current?.focus({ preventScroll: true }); // the button that had it goes
  }, []);
  const left = formsFor(further.result).length;
  return (
    <section className={styles.root} aria-labelledby="more" hidden={left === 0 && made === null}>
      <h3 id="more" className={styles.title} ref={heading} tabIndex={-1}>
        More forms
      </h3>
      <p className="hint" role="status">
        {made === null
          ? "Made of this mesh in seconds, without animating it again."
          : `Made, and among the files above: ${made}.`}
      </p>
      <ul className={styles.list}>
        {further.forms.map((form) => (
          <FormRow key={form.name} form={form} further={further} onMade={onMade} />
        ))}
      </ul>
    </section>
  );
}
