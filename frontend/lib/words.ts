import { WORKER_CODES } from "@/lib/api/codes";
import type { AnyCode } from "@/lib/api/failure";
import type { ApiError } from "@/lib/api/types";
import { MIN_FRAMES } from "@/lib/video/chosen";

/** An error in a person's words. */
export interface Words {
  /** What happened. */
  sentence: string;
  /** What to do about it; null where there is nothing to be done. */
  advice: string | null;
  /** What the worker itself says of it, where that is more. */
  said: string | null;
}

/** null: the error's own message says what happened, with its figures. */
type Told = [sentence: string | null, advice: string | null];

const LATER = "Try again in a moment.";
const OPERATOR = "Whoever runs this page has to see to it.";
export const AGAIN = "Try again. If it happens again, tell whoever runs this page, with the code below.";
const BOX = "Draw a box around the subject in the first frame, or choose a part in which it stands out.";
const LONGER = "Choose a longer part or a longer video.";
const FEWER = "Choose a longer part or a longer video, or take fewer frames.";
const CONNECTION = "Check your connection, and try again.";

const WORDS: Record<AnyCode, Told> = {
  // of the request
  INVALID_INPUT: ["The request was not accepted.", "Check the settings, and try again."],
  INVALID_BASE64: ["The file did not arrive as it was sent.", LATER],
  BAD_JSON: ["The request did not arrive as it was sent.", LATER],
  EMPTY_INPUT: ["This file is empty.", "Choose another file."],
  TOO_LARGE: [null, "Choose a shorter video, or a smaller one."],
  URL_NOT_ALLOWED: ["The worker may not fetch the file from where it is.", OPERATOR],
  DOWNLOAD_FAILED: ["The worker could not fetch the file.", LATER],
  DOWNLOAD_TIMEOUT: ["It took the worker too long to fetch the file.", LATER],
  DOWNLOAD_INCOMPLETE: ["Only a part of the file reached the worker.", LATER],
  // of the video
  VIDEO_UNREADABLE: [
    "This video cannot be read.",
    "It may be damaged. Export it again as MP4, or choose another.",
  ],
  NOT_A_VIDEO: ["This file is not a readable video.", "Choose an MP4, MOV or WebM file."],
  VIDEO_INCOMPLETE: [
    "The end of this video is missing.",
    "Copy or download it again to the last byte, or choose another.",
  ],
  VIDEO_UNDECODABLE: [
    "The pictures of this video cannot be decoded.",
    "It is damaged. Copy it from the camera again, or choose another.",
  ],
  NO_VIDEO_STREAM: ["This file has no moving pictures.", "Choose a video."],
  VIDEO_TOO_SHORT: [null, FEWER],
  TOO_LONG: [null, "Choose a shorter video."],
  TOO_MANY_FRAMES: [null, "Choose a shorter video."],
  TOO_LARGE_FRAME: [null, "Choose a video with a smaller picture."],
  NOT_A_MESH: [null, "Export it again as a GLB with triangles, without Draco and meshopt."],
  TRIM_FAILED: ["This browser could not cut the video.", "Choose a smaller video, or try another browser."],
  // of the engine
  SUBJECT_NOT_FOUND: ["No subject was found, or it was lost on the way.", BOX],
  NO_SURFACE: [
    "No surface was found in the anchor frame.",
    "Choose another anchor frame or another seed in the advanced settings.",
  ],
  MODEL_MISSING: [
    "This worker does not have what the settings ask for.",
    "Set the masks to auto, and try again.",
  ],
  GPU_TOO_SMALL: [
    "This quality needs a larger GPU than the worker has.",
    "Tick “Save memory” below the quality.",
  ],
  OUT_OF_MEMORY: [
    "The GPU’s memory ran out.",
    "Tick “Save memory” below the quality, or choose fewer faces.",
  ],
  GPU_FAILED: ["The GPU stopped working.", "The worker asks for another one. Try again in a few minutes."],
  ENGINE_FAILED: ["The mesh could not be made of this video.", "Try another part of it, or another video."],
  TIMEOUT_TOO_SHORT: [
    "The job would take longer than the worker is given.",
    "Take fewer frames, or a faster quality.",
  ],
  EXPORT_FAILED: ["The files could not be written.", AGAIN],
  STORAGE_FAILED: ["The files could not be stored.", AGAIN],
  DISK_FULL: ["The worker’s disk is full.", "It asks for another worker. Try again in a few minutes."],
  WORKER_FAILED: ["The worker failed, and did not say why.", AGAIN],
  WORKER_LOST: ["The worker was lost, and so were those that took over.", LATER],
  INTERNAL: ["Something failed that should not.", AGAIN],
  RESULT_LOST: ["The job has ended, but its result was lost.", "Make it again with fewer files."],
  // of the server
  KEY_REQUIRED: ["An access key is needed.", "Type the one that you were given."],
  KEY_WRONG: ["This access key is not right.", "Check it, or ask whoever runs this page."],
  LOCAL_ONLY: ["This page takes jobs from its own machine alone.", OPERATOR],
  HOST_NOT_ALLOWED: ["The server does not go by this page's name.", OPERATOR],
  ORIGIN_NOT_ALLOWED: ["This page may not use the server.", OPERATOR],
  NOT_OWNER: ["Only who has started a job can cancel it.", null],
  NOT_CONFIGURED: ["No worker is set up here.", OPERATOR],
  NO_BUCKET: ["This video is too large to be sent from here.", "Choose a shorter part."],
  RATE_LIMITED: [null, null],
  RUNPOD_REFUSED: ["The job was not taken.", AGAIN],
  RUNPOD_TIMEOUT: ["RunPod did not answer in time.", LATER],
  RUNPOD_UNAVAILABLE: ["RunPod does not answer as it should.", LATER],
  INVALID_JOB_ID: ["There is no such job.", "Check the link."],
  JOB_EXPIRED: ["Results are kept for 30 minutes; this one is gone.", "Make it again."],
  // of the way between
  NO_CONNECTION: ["The server cannot be reached.", CONNECTION],
  NO_ANSWER: ["The server did not answer.", LATER],
  BAD_ANSWER: ["The server answered what this page does not understand.", "Reload the page."],
  UPLOAD_FAILED: ["The upload did not succeed.", CONNECTION],
  FILE_GONE: ["The link to this file has ended.", "Make the mesh again."],
  FILE_DAMAGED: ["The file did not arrive whole.", LATER],
  FILE_ELSEWHERE: ["This file lies on the worker’s own disk.", OPERATOR],
  STOPPED: ["It was stopped.", null],
  PAGE_FAILED: ["This page failed.", "Reload it, and try again."],
};

/** Codes whose messages tell no more than the words here. */
const NOT_SAID: readonly string[] = ["INTERNAL"];

/** An error in a person's words; of a code that is not known, its own message. */
export function wordsOf({ code, message, retryAfterS }: ApiError): Words {
  const [sentence, advice] = Object.hasOwn(WORDS, code) ? WORDS[code as AnyCode] : [null, AGAIN];
  if (code === "RATE_LIMITED") return { sentence: tooMany(retryAfterS), advice: null, said: null };
  const isWorkers = (WORKER_CODES as readonly string[]).includes(code) && !NOT_SAID.includes(code);
  return {
    sentence: sentence ?? message,
    advice: advice === FEWER && LEAST.test(message) ? LONGER : advice,
    said: isWorkers && sentence !== null && message !== "" && message !== sentence ? message : null,
  };
}

function tooMany(seconds: number | undefined): string {
  return `Too many requests. Try again in ${seconds === undefined ? "a moment" : `${Math.ceil(seconds)} s`}.`;
}

/** A message of too few frames, where fewer cannot be asked for. */
const LEAST = new RegExp(`\\b${MIN_FRAMES} are needed`);

const STAGES: Record<string, string> = {
  fetch: "Fetching the video",
  sample: "Taking the frames",
  masks: "Finding the subject",
  mesh: "Building the mesh",
  track: "Following the motion",
  surface: "Smoothing the surface",
  stage_0: "Building the first mesh",
  extraction: "Reading its surface",
  context: "Looking at all frames",
  stage_1: "Working out the motion",
  stage_2: "Moving the mesh",
  texture: "Painting the mesh",
  export: "Writing the meshes",
  preview: "Drawing the preview",
  upload: "Storing the files",
};

/** What a stage of the worker does; for one that is not known, that it is at work. */
export function stageWords(stage: string): string {
  return STAGES[stage] ?? "Working";
}
