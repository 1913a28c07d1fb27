"use client";

import { changed, type Group, groupsFor } from "@/lib/form";
import styles from "./Advanced.module.css";
import { countChanged } from "./choices";
import { KnobField } from "./KnobField";

interface Props {
  /** The settings that differ from their defaults, by the request's names. */
  knobs: Record<string, unknown>;
  /** Those to start from. */
  first: Record<string, unknown>;
  /** The worker's engine; null where it is not known. */
  engine: string | null;
  /** What is wrong with them together; null if nothing is. */
  conflict: string | null;
  onChange: (knobs: Record<string, unknown>) => void;
}

/** The worker's other settings, folded away. */
export function Advanced({ knobs, first, engine, conflict, onChange }: Props) {
  const count = countChanged(knobs, first);
  return (
    <details className={`disclosure ${styles.root}`}>
      <summary>
        Advanced settings
        {count > 0 && <span className={styles.count}>{count} changed</span>}
      </summary>
      <div className={styles.groups}>
        {groupsFor(engine).map((group, index) => (
          <GroupFields
            key={group.name}
            group={group}
            isFirst={index === 0}
            knobs={knobs}
            first={first}
            onChange={onChange}
          />
        ))}
        {conflict !== null && (
          <p className="error" role="alert">
            {conflict}
          </p>
        )}
        {count > 0 && (
          <button type="button" className="button" onClick={() => onChange(first)}>
            Back to the defaults
          </button>
        )}
      </div>
    </details>
  );
}

interface GroupProps extends Pick<Props, "knobs" | "first" | "onChange"> {
  group: Group;
  /** Whether it is open from the start. */
  isFirst: boolean;
}

function GroupFields({ group, isFirst, knobs, first, onChange }: GroupProps) {
  const own = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => group.knobs.some((knob) => knob.name === name)),
    );
  const count = countChanged(own(knobs), own(first));
  return (
    <details className={`disclosure ${styles.group}`} open={isFirst || undefined}>
      <summary>
        <span>
          {group.name} <span className="hint">{group.about}</span>
        </span>
        {count > 0 && <span className={styles.count}>{count} changed</span>}
      </summary>
      <div className={styles.fields}>
        {group.knobs.map((knob) => (
          <KnobField
            key={knob.name}
            knob={knob}
            value={knobs[knob.name] ?? knob.default}
            onChange={(value) => onChange(changed({ ...knobs, [knob.name]: value }))}
          />
        ))}
      </div>
    </details>
  );
}
