"use client";

import { useRouter } from "next/navigation";
import { useClips } from "@/components/history/useClips";
import { useHistory } from "@/components/history/useHistory";
import { compareAddress, versionsOf } from "@/components/history/versions";
import { PageHead } from "@/components/ui/PageHead";
import { ago } from "@/components/ui/words";
import styles from "./Compare.module.css";
import { Pair } from "./Pair";

/** A result that can be chosen. */
interface Choice {
  id: string;
  name: string;
}

/** Two results of this browser, or of a link, side by side. */
export function ComparePage({ first, second }: { first: string | null; second: string | null }) {
  const router = useRouter();
  const choices = useChoices();
  const nameOf = (id: string) => choices.find((choice) => choice.id === id)?.name ?? "A shared job";
  const show = (one: string, other: string) => router.replace(compareAddress(one, other), { scroll: false });
  return (
    <>
      <PageHead title="Compare">
        <p>Two results with one camera and one timeline.</p>
      </PageHead>
      <div className={styles.choices}>
        <Chooser
          label="First"
          value={first}
          choices={choices}
          nameOf={nameOf}
          onChange={(id) => show(id, second ?? "")}
        />
        <Chooser
          label="Second"
          value={second}
          choices={choices}
          nameOf={nameOf}
          onChange={(id) => show(first ?? "", id)}
        />
      </div>
      {first === null || second === null ? (
        <p className="hint">
          {choices.length < 2 ? "There are no two results in this browser yet." : "Choose two results."}
        </p>
      ) : (
        <Pair key={`${first} ${second}`} first={first} second={second} nameOf={nameOf} />
      )}
    </>
  );
}

interface ChooserProps {
  label: string;
  value: string | null;
  choices: readonly Choice[];
  nameOf: (id: string) => string;
  onChange: (id: string) => void;
}

function Chooser({ label, value, choices, nameOf, onChange }: ChooserProps) {
  const isListed = value === null || choices.some(({ id }) => id === value);
  return (
    <div className="field">
      <label>
        {label}
        <select value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value)}>
          {value === null && <option value="">Choose a result</option>}
          {value !== null && !isListed && <option value={value}>{nameOf(value)}</option>}
          {choices.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** The finished jobs of this browser, those of one clip together. */
function useChoices(): readonly Choice[] {
  const entries = useHistory();
  const clips = useClips(entries);
  const groups = versionsOf(entries ?? [], (id) => clips.get(id));
  return groups.flatMap((versions) =>
    versions
      .filter(({ entry }) => entry.end === "done")
      .map(({ entry, number }) => ({
        id: entry.id,
        name: `${entry.name}${versions.length > 1 ? `, version ${number}` : ""}, ${ago(new Date(entry.createdAt), new Date())}`,
      })),
  );
}
