"use client";

import { useState } from "react";
import { WORKER } from "@/lib/contract/worker";
import { boundsOf, type Knob, readNumber } from "@/lib/form";
import styles from "./Advanced.module.css";
import { plain } from "./plain";

interface Props<K extends Knob = Knob> {
  knob: K;
  value: unknown;
  onChange: (value: unknown) => void;
}

type Of<Kind extends Knob["kind"]> = Props<Extract<Knob, { kind: Kind }>>;

/** One setting as the schema tells of it. A number that cannot be read is kept as it was typed: see `unreadIn`. */
export function KnobField({ knob, value, onChange }: Props) {
  switch (knob.kind) {
    case "number":
      return <NumberField key={String(value)} knob={knob} value={value} onChange={onChange} />;
    case "choice":
      return <ChoiceField knob={knob} value={value} onChange={onChange} />;
    case "choices":
      return <ChoicesField knob={knob} value={value} onChange={onChange} />;
    case "switch":
      return <SwitchField knob={knob} value={value} onChange={onChange} />;
  }
}

function NumberField({ knob, value, onChange }: Of<"number">) {
  const [text, setText] = useState(value === knob.default ? "" : String(value));
  const reading = readNumber(knob, text);
  const problem = "problem" in reading ? reading.problem : null;
  return (
    <div className="field">
      <label htmlFor={knob.name}>{knob.title}</label>
      <input
        id={knob.name}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        placeholder={knob.default === null ? "The worker chooses" : String(knob.default)}
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={`${knob.name}-hint`}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => onChange("value" in reading ? reading.value : text)}
      />
      <p id={`${knob.name}-hint`} className={problem === null ? "hint" : "error"}>
        {problem ?? `${plain(knob.description)} ${capital(boundsOf(knob))}.`}
      </p>
    </div>
  );
}

function ChoiceField({ knob, value, onChange }: Of<"choice">) {
  return (
    <div className="field">
      <label htmlFor={knob.name}>{knob.title}</label>
      <select
        id={knob.name}
        value={String(value)}
        aria-describedby={`${knob.name}-hint`}
        onChange={(event) =>
          onChange(knob.choices.find((choice) => String(choice) === event.currentTarget.value))
        }
      >
        {knob.choices.map((choice) => (
          <option key={choice} value={choice}>
            {String(choice).replaceAll("_", " ")}
          </option>
        ))}
      </select>
      <p id={`${knob.name}-hint`} className="hint">
        {plain(knob.description)}
      </p>
    </div>
  );
}

function ChoicesField({ knob, value, onChange }: Of<"choices">) {
  const chosen = Array.isArray(value) ? (value as string[]) : knob.default;
  return (
    <fieldset className={`field ${styles.choices}`}>
      <legend className="visually-hidden">{knob.title}</legend>
      <div className={styles.boxes}>
        {knob.choices.map((choice) => (
          <label key={choice} className={styles.box}>
            <input
              type="checkbox"
              checked={chosen.includes(choice)}
              onChange={(event) =>
                onChange(
                  knob.choices.filter((one) =>
                    one === choice ? event.currentTarget.checked : chosen.includes(one),
                  ),
                )
              }
            />
            <What choice={choice} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A kind of file by its title, with what it is for; of what is none its name. */
function What({ choice }: { choice: string }) {
  const output = WORKER.outputs.find(({ name }) => name === choice);
  const title = output?.files[0]?.title;
  if (output === undefined || title === undefined) return <span>{choice.replaceAll("_", " ")}</span>;
  return (
    <span className={styles.what}>
      <span>{title}</span>
      <span className="hint">{capital(output.about)}.</span>
    </span>
  );
}

function SwitchField({ knob, value, onChange }: Of<"switch">) {
  return (
    <div className="field">
      <label className={styles.box}>
        <input
          type="checkbox"
          checked={value === true}
          aria-describedby={`${knob.name}-hint`}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {knob.title}
      </label>
      <p id={`${knob.name}-hint`} className="hint">
        {plain(knob.description)}
      </p>
    </div>
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
