import { useEffect, useRef } from "react";
import styles from "./Player.module.css";
import type { Player } from "./player";

interface Props {
  src: string;
  /** Where in it the worker's video begins, in seconds. */
  startS: number;
  player: Player | null;
  /** There is no mesh whose controls could be its own. */
  alone: boolean;
  /** This browser cannot play it. */
  onBroken: () => void;
}

/** The source video, in step with the mesh. The mesh's controls are its own. */
export function Clip({ src, startS, player, alone, onBroken }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) return player?.follow(video.current, startS);
  }, [player, startS]);

  return (
    <div className={styles.clip}>
      <video
        ref={video}
        src={src}
        muted
        controls={alone}
        playsInline
        preload="auto"
        disablePictureInPicture
        aria-label={alone ? "Source video" : "Source video, in step with the mesh"}
        onError={onBroken}
      />
    </div>
  );
}
