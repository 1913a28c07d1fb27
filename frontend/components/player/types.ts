/** Where a mesh's GLB comes from: an address (also data: or blob:), or its bytes. */
export type MeshSource = { url: string } | { bytes: ArrayBuffer | Uint8Array<ArrayBuffer> };

/** What of a job's result the player uses; a whole result will do. */
export interface PlayerFacts {
  /** What made it; silhouette's meshes have a texture. */
  engine?: string;
  /** null where there was no video. */
  source: {
    /** Seconds in the source video of each frame taken. */
    timestamps_s: readonly number[];
    /** Frames per second of the source video. */
    fps?: number | null;
  } | null;
}

/** How the animation goes on at its end: back to its start and again, from its start, or not at all. */
export type Loop = "fro" | "around" | "once";

export type Shading = "lit" | "flat" | "normals" | "uv";

/** What is shown of a mesh. */
export interface Look {
  /** The texture; without it clay. */
  textured: boolean;
  /** lit: by a neutral room; flat: its own colours, by no light; normals and uv: in colours that tell them. */
  shading: Shading;
  /** How much brighter than usual, in stops: each doubles the light. */
  exposure: number;
  wireframe: boolean;
  grid: boolean;
  /** Of a rigged mesh: its joints, and in colours how far it is from the mesh that it was made of. */
  joints: boolean;
  difference: boolean;
}

/** What is behind the mesh. */
export type StageTheme = "light" | "dark";

export interface MeshPlayerProps {
  source: MeshSource;
  /** The same mesh with a rig: it is fetched when it is asked for. */
  rigged?: MeshSource | undefined;
  /** What the mesh shows, for labels, such as "camel". */
  name: string;
  /** The source video's address; it plays beside the mesh, in step with it. */
  video?: string | undefined;
  /** Where in that video the worker's own begins, in seconds: not 0 if the video was trimmed before it was sent. */
  videoStartS?: number | undefined;
  /** A picture to show until the mesh is there, and where WebGL is missing. */
  poster?: string | undefined;
  facts?: PlayerFacts | undefined;
  /** Starts turning at once, as suits a mesh that stands still. Not where less motion is asked for. */
  turning?: boolean | undefined;
  /** Gets one picture of the first view, a PNG with nothing behind the mesh, once it is drawn. */
  onSnapshot?: ((png: Blob) => void) | undefined;
}
