import styles from "./Player.module.css";
import { PlayerIcon } from "./PlayerIcon";
import type { StageTheme } from "./types";

interface Props {
  theme: StageTheme;
  onTheme: (theme: StageTheme) => void;
  onReset: () => void;
  full: boolean;
  /** Null where the browser lets no element fill the screen. */
  toggleFull: (() => void) | null;
}

/** The buttons in the stage's corner: those that are about the view itself. */
export function Corner({ theme, onTheme, onReset, full, toggleFull }: Props) {
  const other = theme === "dark" ? "light" : "dark";
  return (
    <div className={styles.corner}>
      <button type="button" onClick={onReset} aria-label="Reset the view" title="Reset the view">
        <PlayerIcon name="home" />
      </button>
      <button
        type="button"
        onClick={() => onTheme(other)}
        aria-label="Dark background"
        aria-pressed={theme === "dark"}
        title={other === "dark" ? "Dark background" : "Light background"}
      >
        <PlayerIcon name={other === "dark" ? "moon" : "sun"} />
      </button>
      {toggleFull !== null && (
        <button
          type="button"
          onClick={toggleFull}
          aria-label="Full screen"
          aria-pressed={full}
          title="Full screen"
        >
          <PlayerIcon name={full ? "small" : "large"} />
        </button>
      )}
    </div>
  );
}
