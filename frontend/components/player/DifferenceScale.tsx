import styles from "./DifferenceScale.module.css";
import { RAMP } from "./difference";

const largest = RAMP.at(-1)?.share ?? 1;
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const stops = RAMP.map(
  ({ share, colour }) => `#${colour.toString(16).padStart(6, "0")} ${(100 * share) / largest}%`,
);

/** What the colours of the difference say. */
export function DifferenceScale() {
  return (
    <figure className={styles.scale}>
      <figcaption>Distance from the mesh without rig, of its size</figcaption>
      <div
        className={styles.colours}
        style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }}
      />
      <div className={styles.ends}>
        <span>0</span>
        <span>{percent.format(largest)} or more</span>
      </div>
    </figure>
  );
}
