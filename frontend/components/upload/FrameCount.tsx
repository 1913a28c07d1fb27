import { Segments } from "@/components/ui/Segments";
import { MAX_FRAMES, MIN_FRAMES, type NumFrames } from "@/lib/video/chosen";
import styles from "./FrameCount.module.css";

// Any number between them takes as long as 31.
const COUNTS: readonly { value: NumFrames; name: string }[] = [
  { value: "auto", name: "Auto" },
  { value: MIN_FRAMES, name: "16" },
  { value: MAX_FRAMES, name: "31" },
];

interface Props {
  value: NumFrames;
  onChange: (value: NumFrames) => void;
}

/** How many frames are taken, which is how many keys the animation has. */
export function FrameCount({ value, onChange }: Props) {
  return (
    <div className={styles.root}>
      <Segments legend="Frames" name="frames" value={value} choices={COUNTS} onChange={onChange} />
      <p className="hint">Each becomes a key of the animation. {tellOf(value)}</p>
    </div>
  );
}

function tellOf(value: NumFrames): string {
  if (value === "auto") return "16 where they cover the part, and 31 of a longer one.";
  if (value === MIN_FRAMES) return "16 is quickest.";
  return "More than 16 take ActionMesh twice as long in its longest stage.";
}
