// Made from schema/result.schema.json by `make contract`; do not edit.

/**
 * What a finished job answers.
 */
export interface Result {
  /**
   * The job.
   */
  job_id: string;
  /**
   * The engine that made the mesh: actionmesh or silhouette.
   */
  engine: string;
  /**
   * The changes that made the engine faster, by the names that ACCELERATE has for them.
   */
  accelerated?: string[];
  /**
   * Whether the mesh is that of an earlier result, given as animation_url: nothing was animated anew, and engine, mode and seed are that result's, as its file says.
   */
  from_animation?: boolean;
  /**
   * The mode asked for.
   */
  mode: "default" | "fast" | "low_ram" | "fast_low_ram";
  /**
   * The seed.
   */
  seed: number;
  /**
   * Keys of the animation; without a mesh, the frames taken.
   */
  num_frames: number;
  /**
   * Keys per second.
   */
  fps: number;
  /**
   * Vertices of the mesh; 0 where none was made.
   */
  vertices: number;
  /**
   * Faces of the mesh; 0 where none was made.
   */
  faces: number;
  /**
   * How well the animation holds together; null where that was not measured.
   */
  quality?: MeasuredQuality | null;
  /**
   * The video; null where there was an animation in its place.
   */
  source: SourceVideo | null;
  files: Files;
  /**
   * How the motion was made into a cycle; null where loop was not asked for.
   */
  loop_info?: LoopInfo | null;
  /**
   * How animated_mesh.glb is stored; null where it was not made.
   */
  animated_mesh_info?: AnimatedMeshInfo | null;
  /**
   * What rigged_mesh.glb has, and its error; null where it was not made.
   */
  rigged_mesh_info?: RiggedMeshInfo | null;
  /**
   * What the colours from the video rest on; null where there are none.
   */
  texture?: TextureInfo | null;
  /**
   * The camera that filmed the clip; null where it was not looked for, or not found.
   */
  camera?: FilmCameraInfo | null;
  /**
   * What drew the preview: numpy or pytorch3d; null if there is none.
   */
  preview_renderer?: string | null;
  /**
   * Where the files are kept.
   */
  storage: "local" | "s3" | "inline";
  /**
   * Whether it is the result of an equal job before, with new links.
   */
  cached: boolean;
  /**
   * Seconds spent in each stage; wait are those in which another job had the engine.
   */
  timings_s: {
    [k: string]: number;
  };
  /**
   * Seconds of the engine's stages for each frame taken; null in an older worker's result.
   */
  seconds_per_frame?: number | null;
  warnings: ResultWarning[];
  /**
   * When the links end, ISO 8601 in UTC; null if they do not.
   */
  expires_at: string | null;
}
/**
 * How well the animation holds together, by plain measures that nobody has compared with what is seen.
 */
export interface MeasuredQuality {
  /**
   * Mean acceleration of the vertices where frames of different windows meet, over that elsewhere: 1 is none; null where there is one window, or nothing to compare with.
   */
  seams: number | null;
  /**
   * The largest change of volume in any frame, as a share of the anchor frame's; null of a mesh that is not closed.
   */
  volume_drift: number | null;
  /**
   * The same of the sum of its edges' lengths.
   */
  edge_drift: number;
}
/**
 * The video as it came, and what was taken from it.
 */
export interface SourceVideo {
  /**
   * Its length in seconds.
   */
  duration_s: number;
  /**
   * Pixels, as displayed.
   */
  width: number;
  /**
   * Pixels, as displayed.
   */
  height: number;
  /**
   * Its mean frames per second.
   */
  fps: number;
  /**
   * How many frames it has.
   */
  frames: number;
  /**
   * The times of the frames taken, in seconds.
   */
  timestamps_s: number[];
}
/**
 * The files made, by kind; those not asked for are empty or null.
 */
export interface Files {
  /**
   * animated_mesh.glb: the moving mesh, with a morph target per frame and an animation that plays them.
   */
  animated_mesh: File | null;
  /**
   * rigged_mesh.glb: the moving mesh as a skin over joints, with an animation that moves these.
   */
  rigged_mesh?: File | null;
  /**
   * animated_mesh.usdz: the moving mesh for Apple's Quick Look and for tools that speak USD.
   */
  usdz?: File | null;
  /**
   * animated_mesh.abc: the moving mesh as an Alembic cache, exact at every frame, with uv and no texture.
   */
  alembic?: File | null;
  /**
   * animated_mesh.fbx: the moving mesh as Blender's FBX exporter writes it, its picture inside.
   */
  fbx?: File | null;
  /**
   * animated_mesh.blend: the moving mesh as a Blender project, its picture packed; animated_mesh_blender.glb: the moving mesh as Blender's own exporter writes it.
   */
  blender?: File[];
  /**
   * mesh_000.glb …: one still mesh per frame, all in one vertex order.
   */
  meshes: File[];
  /**
   * obj_sequence.zip: one still OBJ per frame, mesh_000.obj and so on, in one vertex order, with the texture once.
   */
  obj?: File | null;
  /**
   * preview.mp4: the input beside the mesh, from several sides.
   */
  preview: File | null;
  /**
   * preview.webp: a small loop of the mesh as the camera moves about it, made with preview.
   */
  preview_webp?: File | null;
  /**
   * poster.png: the mesh at its clearest, in one picture, made with preview.
   */
  poster?: File | null;
  /**
   * mask_000.png …: one picture per frame, white on what was taken for the subject.
   */
  masks?: File[];
  /**
   * masks_preview.jpg: all frames on one sheet, with the subject's outline, made with masks, and wherever a job warns that the outline is in doubt.
   */
  masks_preview?: File | null;
  /**
   * archive.zip: all of the above, with a manifest and a note.
   */
  archive: File | null;
}
/**
 * One file of the result.
 */
export interface File {
  /**
   * Its name, such as mesh_000.glb.
   */
  name: string;
  /**
   * Where it is: a presigned link (s3), a data: URL (inline), or a name relative to result.json (local); null if it had no room inline.
   */
  url: string | null;
  /**
   * Its size.
   */
  bytes: number;
  /**
   * SHA-256 of its content.
   */
  sha256: string;
}
/**
 * How the motion was made into a cycle. The animation has one key more, which is the first again.
 */
export interface LoopInfo {
  /**
   * Keys of the cycle; one turn takes keys / fps seconds.
   */
  keys: number;
  /**
   * Keys at either end that were moved for it.
   */
  blended_keys: number;
  /**
   * The largest distance that a vertex was moved by, as a share of the longest side of the box around all frames.
   */
  error: number;
}
/**
 * How animated_mesh.glb is stored.
 */
export interface AnimatedMeshInfo {
  /**
   * Its profile: standard, quantized, compact.
   */
  profile: "standard" | "quantized" | "compact";
  /**
   * The largest distance between any vertex of any frame and where it is stored, as a share of the longest side of the box around all frames.
   */
  max_error: number;
  /**
   * Its keys; fewer than the frames where keyframe_error left some out. Null in a result of an older worker.
   */
  keys?: number | null;
}
/**
 * What rigged_mesh.glb has, and how near it comes to the animation.
 *
 * Errors are distances of the vertices at the keys from where the animation has them, as a share of the
 * diagonal of the box around all frames.
 */
export interface RiggedMeshInfo {
  /**
   * Joints of its skeleton, the root among them.
   */
  bones: number;
  /**
   * Morph targets that correct the skin.
   */
  correctives: number;
  /**
   * The root of the mean squared error.
   */
  rms: number;
  /**
   * The error that 99 % of all vertices and frames stay within.
   */
  p99: number;
  /**
   * The largest error.
   */
  max: number;
}
/**
 * What the colours from the video rest on. The first three are shares of the surface, 1 together.
 */
export interface TextureInfo {
  /**
   * What the video shows.
   */
  seen: number;
  /**
   * What has the colours of its mirror image.
   */
  mirrored: number;
  /**
   * What has the colours of what is near.
   */
  guessed: number;
  /**
   * How well the mesh's outlines, as the camera sees them, cover the subject's in the video, the mean of some frames: area in both over area in either; 1 is exactly.
   */
  overlap: number;
  /**
   * Mean difference between the frames' colours where several show the same place, in steps of 255.
   */
  disagreement: number;
}
/**
 * The camera that filmed the clip, found by the subject's outlines; it stands still in all of it.
 *
 * Axes and unit are the mesh's: Y up, and 0° looks along -Z. The unit is not the metre.
 */
export interface FilmCameraInfo {
  /**
   * Degrees around +Y; 90 stands on the mesh's +X side.
   */
  azimuth_deg: number;
  /**
   * Degrees above the horizon.
   */
  elevation_deg: number;
  /**
   * Degrees that it is turned about its own axis, counter-clockwise seen from behind it.
   */
  roll_deg: number;
  /**
   * The point that it looks at.
   *
   * @minItems 3
   * @maxItems 3
   */
  target: [number, number, number];
  /**
   * From it to target; null of a parallel projection.
   */
  distance: number | null;
  /**
   * Degrees from the lower to the upper edge of a frame; null of a parallel projection.
   */
  yfov_deg: number | null;
  /**
   * A frame's height at the target, in units of the mesh.
   */
  frame_height: number;
  /**
   * A frame's width over its height.
   */
  aspect_ratio: number;
  /**
   * Where in a frame target is seen, as shares of its width from the left and of its height from the top.
   *
   * @minItems 2
   * @maxItems 2
   */
  principal_point: [number, number];
}
/**
 * Something that the caller should know.
 */
export interface ResultWarning {
  /**
   * Stable, such as OPTION_IGNORED.
   */
  code: string;
  /**
   * What it means.
   */
  message: string;
}
