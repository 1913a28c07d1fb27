import { useState } from "react";
import { Segments } from "@/components/ui/Segments";
import { WORKER, windowsOf } from "@/lib/contract/worker";
import { AUTO_MOST, MIN_FRAMES, type NumFrames, TWO_WINDOWS } from "@/lib/video/chosen";
import styles from "./FrameCount.module.css";

const MOST = WORKER.frames.most;
const MORE = 61; // what More begins with where the part has as many: 4 s of 15 frames per second
const STEPS = [MORE, AUTO_MOST, MOST];

interface Props {
  value: NumFrames;
  /** How many frames the part has. */
  available: number;
  onChange: (value: NumFrames) => void;
}

/** How many frames are taken, which is how many keys the animation has. */
export function FrameCount({ value, available, onChange }: Props) {
  const more = value === "auto" || value === MIN_FRAMES || value === TWO_WINDOWS ? null : value;
  const choices: { value: NumFrames; name: string }[] = [
    { value: "auto", name: "Auto" },
    { value: MIN_FRAMES, name: `${MIN_FRAMES}` },
    { value: TWO_WINDOWS, name: `${TWO_WINDOWS}` },
    { value: more ?? Math.max(TWO_WINDOWS + 1, Math.min(MORE, available)), name: "More" },
  ];
  return (
    <div className={styles.root}>
      <Segments legend="Frames" name="frames" value={value} choices={choices} onChange={onChange} />
      {more !== null && <OwnNumber value={more} onChange={onChange} />}
      <p className="hint">Each becomes a key of the animation. {tellOf(value)}</p>
    </div>
  );
}

/** A number of its own; it is taken as soon as it is one that is allowed. */
function OwnNumber({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const [typed, setTyped] = useState(String(value));
  return (
    <label className={`field ${styles.number}`}>
      <span>
        Number of frames, {TWO_WINDOWS + 1} to {MOST}
      </span>
      <input
        type="number"
        inputMode="numeric"
        min={TWO_WINDOWS + 1}
        max={MOST}
        step={1}
        list="frame-counts"
        value={typed}
        onChange={({ currentTarget: { value: text, valueAsNumber: count } }) => {
          setTyped(text);
          if (count > TWO_WINDOWS && count <= MOST && count % 1 === 0) onChange(count);
        }}
        onBlur={() => setTyped(String(value))}
      />
      <datalist id="frame-counts">
        {STEPS.map((count) => (
          <option key={count} value={count} />
        ))}
      </datalist>
    </label>
  );
}

function tellOf(value: NumFrames): string {
  if (value === "auto") return `As many as the part takes: more than ${TWO_WINDOWS} of one longer than 4 s.`;
  if (value === MIN_FRAMES) return `${MIN_FRAMES} is quickest.`;
  if (value <= TWO_WINDOWS)
    return `More than ${MIN_FRAMES} take ActionMesh twice as long in its longest stage.`;
  const limit =
    value > AUTO_MOST ? ` Only a worker whose MAX_FRAMES allows it takes more than ${AUTO_MOST}.` : "";
  const times = `With ActionMesh the longest stage takes ${windowsOf(value)} times as long as with ${MIN_FRAMES}.`;
  return `${times} Nobody has seen yet how good its longer results are.${limit}`;
}
