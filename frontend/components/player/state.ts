import type { LoadFailure } from "./bytes";
import type { Look, Loop } from "./types";

/** What is shown around the canvas; it changes with the key, not with each picture. */
export interface PlayerState {
  phase: "loading" | "ready" | "lost" | "failed" | "no-webgl";
  /** Share of the file that has come; null while its size is not known. */
  loaded: number | null;
  failure: LoadFailure | null;
  key: number;
  keyTimes: readonly number[];
  playing: boolean;
  speed: number;
  loop: Loop;
  look: Look;
  turning: boolean;
  hasTexture: boolean;
  /** Whether it has texture coordinates. */
  hasUv: boolean;
  /** Whether the rigged mesh is shown; "none" where there is none to show. */
  rig: "none" | "off" | "loading" | "failed" | "shown";
  /** Whether what is shown has joints, and can be compared with the mesh that it was made of. */
  hasJoints: boolean;
  hasDifference: boolean;
}

/** Of a player that has just begun to load. */
export const LOADING: PlayerState = {
  phase: "loading",
  loaded: null,
  failure: null,
  key: 0,
  keyTimes: [0],
  playing: false,
  speed: 1,
  loop: "fro",
  look: {
    textured: true,
    shading: "lit",
    exposure: 0,
    wireframe: false,
    grid: false,
    joints: true,
    difference: false,
  },
  turning: false,
  hasTexture: true,
  hasUv: false,
  rig: "none",
  hasJoints: false,
  hasDifference: false,
};
