import { Icon } from "@/components/ui/Icon";
import styles from "./Phases.module.css";
import { PHASES } from "./phases";

/** The five phases of a job: those done, the one at work, those to come. */
export function Phases({ current }: { current: number }) {
  return (
    <ol className={styles.phases}>
      {PHASES.map(({ name }, index) => {
        const state = index < current ? "done" : index === current ? "now" : "next";
        return (
          <li key={name} className={styles[state]} aria-current={state === "now" ? "step" : undefined}>
            <span className={styles.dot}>{state === "done" && <Icon name="check" size={14} />}</span>
            {name}
            {state === "done" && <span className="visually-hidden"> (done)</span>}
          </li>
        );
      })}
    </ol>
  );
}
