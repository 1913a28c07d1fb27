import type { Request } from "./request";
import facts from "./worker.json";

/** One kind of file of a result. */
export interface OutputFile {
  /** Its name; ??? stands for the number of a frame. */
  pattern: string;
  /** The field of the result's files that it is in; one field may hold several. */
  field: string;
  media_type: string;
  /** A heading. */
  title: string;
  /** What it is, to follow a colon. */
  about: string;
  /** Whether there is one for each frame. */
  is_many: boolean;
}

/** What a mode costs. */
interface ModeFacts {
  /** Memory of the GPU, in 10⁹ bytes; null where none is needed. */
  gpu_gb: number | null;
  /** Seconds of 16 frames, least and most, as the engine's authors state them. */
  seconds: [number, number] | null;
}

export type Mode = NonNullable<Request["mode"]>;

/** What is known of an engine. */
export interface EngineFacts {
  title: string;
  frames: { least: number; most: number; window: number | null };
  modes: Record<Mode, ModeFacts>;
  /** What it does in a job, in order. */
  stages: string[];
  /** Fields of the request that it heeds, and not every engine. */
  options: string[];
}

/** What a worker offers, as it publishes it. */
export const WORKER = facts as unknown as {
  outputs: {
    name: string;
    about: string;
    /** A switch of the request that asks for it, in place of outputs. */
    option: string | null;
    /** Whether it shows the clip; what does not can be made later, of the animated mesh. */
    needs_clip: boolean;
    files: OutputFile[];
  }[];
  engines: Record<string, EngineFacts> & { actionmesh: EngineFacts };
  /**
   * two_windows: how many take no longer than one more than the least; auto_most: where auto ends by default;
   * by_windows: the most that ActionMesh works on in one window, in two, ….
   */
  frames: { least: number; two_windows: number; auto_most: number; most: number; by_windows: number[] };
  stages: { before: string[]; after: string[] };
  sampling: { even_up_to_s: number; window_fps: number };
  video: { max_duration_s: number; max_frames: number; max_pixels: number };
  /** Of a job's input; what is beyond them is not validated at all. */
  request: { max_fields: number; max_values: number; max_depth: number; max_text: number };
};

/** How many windows ActionMesh works on so many frames in. */
export function windowsOf(frames: number): number {
  return 1 + WORKER.frames.by_windows.filter((most) => most < frames).length;
}

/** Every kind of file, in the order in which people want them. */
export const OUTPUT_FILES: readonly OutputFile[] = WORKER.outputs.flatMap(({ files }) => files);

/** Every stage of a job, whatever the engine. */
export const STAGES: readonly string[] = [
  ...WORKER.stages.before,
  ...Object.values(WORKER.engines).flatMap(({ stages }) => stages),
  ...WORKER.stages.after,
];

/** What is known of a file by its name. */
export function outputFileOf(name: string): OutputFile | undefined {
  return OUTPUT_FILES.find(({ pattern }) =>
    new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("?", ".")}$`).test(name),
  );
}
