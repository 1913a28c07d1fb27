// Made from schema/request.schema.json by `make contract`; do not edit.

/**
 * One job's input: a recipe, and exactly one video, perhaps with a mesh, or one animation.
 */
export type Request = {
  /**
   * How many frames are taken, and how many keys the animation has; the worker's MAX_FRAMES may allow fewer. auto is 16 where they cover the part at fps, or else at 8 per second; 31 of a longer one; and of one that these do not cover either as many as it takes.
   */
  num_frames?: number | "auto";
  /**
   * The most that auto may come to; with fewer than 31 it is 16. Null is the worker's MAX_FRAMES, which holds in any case.
   */
  max_frames?: number | null;
  /**
   * Start of the part of the video to use, in seconds.
   */
  start_s?: number;
  /**
   * End of that part, in seconds; null is the end of the video.
   */
  end_s?: number | null;
  /**
   * Frames taken per second, from start_s on; null takes them evenly over a part of up to 4 s, and 8 per second in the busiest window of a longer one.
   */
  fps?: number | null;
  /**
   * ActionMesh's preset of quality, speed and GPU memory.
   */
  mode?: "default" | "fast" | "low_ram" | "fast_low_ram";
  /**
   * Seed of every random choice.
   */
  seed?: number;
  /**
   * Steps of image-to-3D (TripoSG). Null is 100, in fast and fast_low_ram 50.
   */
  stage_0_steps?: number | null;
  /**
   * Steps of the temporal denoiser. Null is 30, in fast and fast_low_ram 15.
   */
  stage_1_steps?: number | null;
  /**
   * Classifier-free guidance of the temporal denoiser. Null is 7.5.
   */
  guidance_scale?: number | null;
  /**
   * Target number of faces. Null is 40,000 with actionmesh, 16,000 with silhouette.
   */
  face_decimation?: number | null;
  /**
   * Loose parts with fewer faces than this share of the largest part go. Null is 0.02.
   */
  floaters_threshold?: number | null;
  /**
   * The anchor frame: of the frames taken, the one whose mesh the others are deformed from.
   */
  anchor_idx?: number;
  /**
   * Temporal subsampling: 1 is a key per frame; 2 puts one between every two keys, 3 three.
   */
  subsampling?: number;
  /**
   * How ActionMesh, which sees 16 frames at a time, works on more than 31: keys first makes 16 spread over the clip and then those between them; chain goes on from window to window.
   */
  windows?: "keys" | "chain";
  /**
   * How many known frames each window of a chain starts from; more take longer.
   */
  overlap?: number;
  /**
   * What tells the subject: the video's alpha, RMBG on each frame, or SAM 2 tracking subject_box or subject_points; auto takes the first of alpha, sam2 where a box or points are given, and rmbg.
   */
  masks?: "auto" | "alpha" | "rmbg" | "sam2";
  /**
   * [x0, y0, x1, y1] around the subject in the first frame taken, 0 to 1 from the top left.
   */
  subject_box?: [number, number, number, number] | null;
  /**
   * [[x, y, is_subject], …] in the first frame taken: points on the subject, or off it.
   */
  subject_points?: [number, number, boolean][] | null;
  /**
   * Files to make: animated_mesh (one GLB that plays), rig (the animation by bones, for game engines and for editing), usdz (the animation for Apple's and USD's tools), alembic (a cache of exact points for Maya, Houdini, Blender and Unreal), fbx (for Unity, Unreal and Maya, by a worker with Blender), meshes (a GLB per frame), obj (a zip of an OBJ per frame, for tools that read nothing else), preview (a video, a loop and a picture to look at first), masks (a PNG per frame: the subject; alone, they are all that is made, in seconds), archive (zip of all).
   *
   * @maxItems 32
   */
  outputs?: (
    "animated_mesh" | "rig" | "usdz" | "alembic" | "fbx" | "meshes" | "obj" | "preview" | "masks" | "archive"
  )[];
  /**
   * How animated_mesh is stored: standard (32-bit numbers, needs no extension; opened in three.js, Babylon.js, glTF-Transform, Blender, Godot, Assimp, VTK); quantized (16-bit numbers, half the size; opened in three.js, Babylon.js, glTF-Transform, Blender, Godot); compact (compressed with meshopt, a quarter of the size or less; opened in three.js, Babylon.js, glTF-Transform). Without a bucket the next that fits into the answer is taken, with a warning. Deprecated names: exact for standard, default for quantized.
   */
  animated_mesh_profile?: "standard" | "quantized" | "compact";
  /**
   * Keys are left out of animated_mesh where the straight way between others is no further off than this share of the mesh's longest side; 0 keeps all. Null is 0 up to 31 keys, and 0.002 of more.
   */
  keyframe_error?: number | null;
  /**
   * Colour from the video: none leaves the mesh as the engine made it; auto paints the frames onto a mesh without colours where the camera is found for sure, and else says why not; video paints them where it is not sure, too, and over colours that a mesh has.
   */
  texture?: "auto" | "video" | "none";
  /**
   * Pixels along each side of the picture that holds the colours from the video.
   */
  texture_size?: 1024 | 2048;
  /**
   * Whether the motion is made into a cycle: it is cut where it is most like its start, half way at the earliest, and the keys at both ends are blended, so that the last is the first again.
   */
  loop?: boolean;
  /**
   * Whether an equal job's result that lies in the bucket will do; false makes it anew.
   */
  cache?: boolean;
  /**
   * Also have Blender make a .blend and its own GLB, where the worker has it.
   */
  blender_export?: boolean;
  /**
   * The video's address, http or https.
   */
  video_url?: string | null;
  /**
   * The video itself in base64, bare or as a data: URL; give this or video_url.
   */
  video_base64?: string | null;
  /**
   * The address of a mesh of your own, a GLB, animated instead of one that is made from the video: the subject as it stands in the anchor frame, Y up, +Z to the camera.
   */
  mesh_url?: string | null;
  /**
   * That mesh itself in base64, bare or as a data: URL.
   */
  mesh_base64?: string | null;
  /**
   * The address of an animated_mesh.glb of an earlier result, in any profile, in place of a video: other outputs are made of it, in seconds and without the engine, and nothing is animated anew. outputs has to name them; those that show the clip are refused.
   */
  animation_url?: string | null;
  /**
   * That file itself in base64, bare or as a data: URL.
   */
  animation_base64?: string | null;
} & (
  | {
      video_url: string;
      [k: string]: unknown;
    }
  | {
      video_base64: string;
      [k: string]: unknown;
    }
  | {
      animation_url: string;
      [k: string]: unknown;
    }
  | {
      animation_base64: string;
      [k: string]: unknown;
    }
);
