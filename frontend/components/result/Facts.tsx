import type { Result } from "@/lib/contract/result";
import styles from "./Facts.module.css";
import { factsOf } from "./facts";

/** A result's figures. */
export function Facts({ result }: { result: Result }) {
  return (
    <dl className={styles.facts}>
      {factsOf(result).map(({ name, value }) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
