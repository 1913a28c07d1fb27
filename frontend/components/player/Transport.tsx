import { useEffect, useRef } from "react";
import { PlayerIcon } from "./PlayerIcon";
import type { Player } from "./player";
import type { PlayerState } from "./state";
import styles from "./Transport.module.css";

/** Play, steps, the scrubber with a notch a frame, and where the animation is. */
export function Transport({ player, state }: { player: Player | null; state: PlayerState }) {
  const scrubber = useRef<HTMLDivElement>(null);
  const { key, keyTimes, playing } = state;
  const last = Math.max(keyTimes.length - 1, 1);
  const waiting = state.phase === "loading";
  const seconds = (keyTimes[key] ?? 0).toFixed(2);

  useEffect(() => {
    scrubber.current?.style.setProperty("--at", String(key / last));
    scrubber.current?.style.setProperty("--notches", String(last));
  }, [key, last]);

  return (
    <div className={styles.transport}>
      <div className={styles.buttons}>
        <button
          type="button"
          className={styles.step}
          onClick={() => player?.step(-1)}
          aria-label="Previous frame"
        >
          <PlayerIcon name="back" />
        </button>
        <button
          type="button"
          disabled={waiting}
          className={styles.play}
          onClick={() => player?.toggle()}
          aria-label={playing ? "Pause" : "Play"}
        >
          <PlayerIcon name={playing ? "pause" : "play"} size={20} />
        </button>
        <button
          type="button"
          disabled={waiting}
          className={styles.step}
          onClick={() => player?.step(1)}
          aria-label="Next frame"
        >
          <PlayerIcon name="forth" />
        </button>
      </div>
      <div className={styles.scrubber} ref={scrubber}>
        <span className={styles.notches} aria-hidden="true" />
        <input
          type="range"
          disabled={waiting}
          min={0}
          max={last}
          step={1}
          value={key}
          aria-label="Frame"
          aria-valuetext={`Frame ${key + 1} of ${keyTimes.length}, ${seconds} s`}
          onPointerDown={() => player?.seek(key)}
          onChange={(event) => player?.seek(event.currentTarget.valueAsNumber)}
        />
      </div>
      <p className={styles.readout} aria-hidden="true">
        <span>
          <b>{waiting ? "–" : key + 1}</b> / {waiting ? "–" : keyTimes.length}
        </span>
        <span>{seconds} s</span>
      </p>
    </div>
  );
}
