import type { Result } from "@/lib/contract/result";

/** RunPod's states of a job. */
export const STATUSES = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"] as const;
export type RunPodStatus = (typeof STATUSES)[number];

/** What went wrong, for a caller. Every route's failure is `{error: ApiError}` with a fitting HTTP status. */
export interface ApiError {
  /** Stable, such as JOB_EXPIRED, or one of the worker's codes, such as VIDEO_TOO_SHORT. */
  code: string;
  message: string;
  /** Seconds after which to try again, where that may help. */
  retryAfterS?: number;
}

/** A failure's body. */
export interface Failure {
  error: ApiError;
}

/** GET /api/health: what this page can do. */
export interface Capabilities {
  /** bucket: POST /api/uploads gives a presigned PUT; inline: a video rides in its job as base64. */
  uploads: "bucket" | "inline";
  /** The largest video that can be sent, in bytes. */
  maxVideoBytes: number;
  /** The largest video, before base64, that can ride in a job. */
  maxInlineBytes: number;
  /** Whether the operator's key must be sent as `Authorization: Bearer`. */
  needsKey: boolean;
  /** Whether it takes jobs from this caller at all; not from other machines before somebody has said who may spend. */
  takesJobs: boolean;
  /** Whether RunPod's endpoint answers. */
  reachable: boolean;
  /** Its workers, counted, where it answers. */
  workers?: Workers;
  /** What made the last result that passed through this server, where there was one: RunPod does not tell. */
  engine?: string;
}

/** An endpoint's workers, counted, and what waits for them; a few seconds old at most. */
export interface Workers {
  ready: number;
  running: number;
  initializing: number;
  /** Held back by RunPod until a GPU is free for them. */
  throttled: number;
  /** Jobs that wait, of all callers. */
  queued: number;
}

/** POST /api/uploads: asks for a place for a video. */
export interface UploadRequest {
  name: string;
  /** Its media type, such as video/mp4. */
  type: string;
  bytes: number;
}

/** Where to put the video, and the address of it for the job's video_url. */
export interface UploadTicket {
  url: string;
  method: "PUT";
  /** To be sent with the PUT exactly. */
  headers: Record<string, string>;
  videoUrl: string;
}

/** Where a running job stands. */
export interface Progress {
  /** fetch, sample, one of the engine's stages, export, preview or upload. */
  stage: string;
  /** Parts of the stage that are done, 0 to `of`. */
  index: number;
  of: number;
  /** Share of the whole job that is done, 0 to 100. */
  percent: number;
  /** Seconds left; null while there is no telling. */
  etaS: number | null;
  /** The anchor frame's mesh, a GLB, as soon as it is there. */
  anchorMeshUrl?: string;
  /** What is there of the animation; another address each time that there is more. */
  animationUrl?: string;
}

/** GET /api/jobs/[id]: a job as its caller sees it. */
export interface JobView {
  id: string;
  status: RunPodStatus;
  /** While it is IN_PROGRESS. */
  progress?: Progress;
  /** When it is COMPLETED. */
  result?: Result;
  /** When it is FAILED. */
  error?: ApiError;
  /** Milliseconds in the queue. */
  delayMs?: number;
  /** Milliseconds at work. */
  executionMs?: number;
  /** How often it was run again after its worker was lost. */
  retries?: number;
}
