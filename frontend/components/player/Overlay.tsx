import type { LoadFailure } from "./bytes";
import styles from "./Overlay.module.css";
import type { PlayerState } from "./state";
import type { StageTheme } from "./types";

const FAILURES: Record<LoadFailure, string> = {
  gone: "The link to this mesh has expired.",
  network: "The mesh could not be loaded. Check the connection, then try again.",
  unreadable: "This file is not a readable mesh.",
};

interface Props {
  state: PlayerState;
  /** A picture of the mesh. */
  poster: string | undefined;
  theme: StageTheme;
  onRestart: () => void;
}

/** What is shown in place of the mesh: that it is on its way, or why it is not there. */
export function Overlay({ state: { phase, loaded, failure }, poster, theme, onRestart }: Props) {
  if (phase === "ready") return null;
  return (
    <div className={styles.overlay} data-phase={phase} data-stage={theme}>
      {/* biome-ignore lint/performance/noImgElement: it may be a blob: or a presigned link, which no server is to fetch */}
      {poster !== undefined && phase !== "lost" && <img className={styles.poster} src={poster} alt="" />}
      {phase === "loading" ? (
        <div className={styles.note}>
          <span>Loading the mesh</span>
          <progress {...(loaded === null ? {} : { value: loaded })} aria-label="Loading the mesh" />
        </div>
      ) : (
        <div className={styles.note} role="alert">
          <span>{messageOf(phase, failure)}</span>
          {phase !== "no-webgl" && (
            <button type="button" className="button" onClick={onRestart}>
              Try again
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function messageOf(phase: PlayerState["phase"], failure: LoadFailure | null): string {
  if (phase === "no-webgl") return "This browser cannot show 3D here. The files can still be downloaded.";
  if (phase === "lost") return "The browser has stopped the 3D view.";
  return FAILURES[failure ?? "unreadable"];
}
