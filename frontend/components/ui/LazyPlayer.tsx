"use client";

import dynamic from "next/dynamic";
import { createContext, useContext } from "react";
import { type Aspect, aspectOf } from "@/components/player/aspect";
import type { MeshPlayerProps } from "@/components/player/types";
import styles from "./LazyPlayer.module.css";

/** The shape of the clip that will stand beside the mesh; undefined where none will. */
const ClipAspect = createContext<Aspect | undefined>(undefined);

const Player = dynamic(() => import("@/components/player/MeshPlayer").then(({ MeshPlayer }) => MeshPlayer), {
  ssr: false,
  loading: Waiting,
});

/** The mesh player; three.js comes with it, so its code is fetched where a mesh is shown, and not before. */
export function LazyPlayer(props: MeshPlayerProps) {
  return (
    <ClipAspect value={props.video === undefined ? undefined : aspectOf(props.facts?.source)}>
      <Player {...props} />
    </ClipAspect>
  );
}

function Waiting() {
  return (
    <div className={styles.room}>
      <div className={styles.waiting} data-aspect={useContext(ClipAspect)}>
        Loading the player
      </div>
    </div>
  );
}
