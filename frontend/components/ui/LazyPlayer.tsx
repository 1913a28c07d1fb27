"use client";

import dynamic from "next/dynamic";
import styles from "./LazyPlayer.module.css";

/** The mesh player; three.js comes with it, so its code is fetched where a mesh is shown, and not before. */
export const LazyPlayer = dynamic(
  () => import("@/components/player/MeshPlayer").then(({ MeshPlayer }) => MeshPlayer),
  { ssr: false, loading: Waiting },
);

function Waiting() {
  return (
    <div className={styles.room}>
      <div className={styles.waiting}>Loading the player</div>
    </div>
  );
}
