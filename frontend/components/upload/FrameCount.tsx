import { Segments } from "@/components/ui/Segments";
import { MIN_FRAMES, type NumFrames, TWO_WINDOWS } from "@/lib/video/chosen";
import styles from "./FrameCount.module.css";

// Any number between them takes as long as the second.
const COUNTS: readonly { value: NumFrames; name: string }[] = [
  { value: "auto", name: "Auto" },
  { value: MIN_FRAMES, name: `${MIN_FRAMES}` },
  { value: TWO_WINDOWS, name: `${TWO_WINDOWS}` },
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
  if (value === "auto") return `As many as the part takes: more than ${TWO_WINDOWS} of one longer than 4 s.`;
  if (value === MIN_FRAMES) return `${MIN_FRAMES} is quickest.`;
  return `More than ${MIN_FRAMES} take ActionMesh twice as long in its longest stage.`;
}
