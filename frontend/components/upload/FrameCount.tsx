import { MIN_FRAMES } from "@/lib/video/chosen";
import { MAX_FRAMES } from "./choices";
import styles from "./FrameCount.module.css";

/** How many frames are taken, which is how many keys the animation has. */
export function FrameCount({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  return (
    <div className={styles.root}>
      <div className={styles.top}>
        <label htmlFor="frames" className={styles.label}>
          Frames
        </label>
        <output htmlFor="frames" className={styles.value}>
          {value}
        </output>
      </div>
      <input
        id="frames"
        type="range"
        className={styles.range}
        min={MIN_FRAMES}
        max={MAX_FRAMES}
        step={1}
        value={value}
        aria-describedby="frames-hint"
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <p id="frames-hint" className="hint">
        {value === MIN_FRAMES
          ? "Each becomes a key of the animation. 16 is quickest."
          : "Each becomes a key of the animation. 17 to 31 take ActionMesh equally long in its longest stage."}
      </p>
    </div>
  );
}
