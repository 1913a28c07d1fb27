import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { UploadTicket } from "@/lib/api/types";
import { RouteError } from "./errors";
import { presigned } from "./presign";
import type { Settings } from "./settings";

/** Seconds in which an upload has to begin. */
const PUT_S = 3600;
/** Seconds that the worker may read the video: RunPod keeps a job for a day, queue and run together. */
const GET_S = 26 * 3600;

/** Media types of the videos that are taken, each with the end of its name. */
const TYPES: Record<string, string> = {
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
  "video/x-m4v": "m4v",
  "video/x-matroska": "mkv",
};

const UPLOAD = z.strictObject({
  name: z.string().min(1).max(1024),
  type: z.string().max(200),
  bytes: z.int().nonnegative(),
});

/**
 * A place in the bucket for a video: an address that takes exactly so many bytes of that type, once an hour has
 * not gone by, and one at which the worker reads it for a day.
 *
 * @param asked an UploadRequest
 * @throws RouteError if it is none, or asks for what is not taken
 */
export async function ticketFor(asked: unknown, settings: Settings): Promise<UploadTicket> {
  const { bucket } = settings;
  if (!bucket?.keys)
    throw new RouteError(409, "NO_BUCKET", "This server has no bucket: send the video in the job.");
  const upload = UPLOAD.safeParse(asked);
  if (!upload.success) throw new RouteError(400, "INVALID_INPUT", "Send the video's name, type and bytes.");
  const { bytes } = upload.data;
  const type = typeOf(upload.data);
  if (type === null) throw new RouteError(415, "NOT_A_VIDEO", "Send an MP4, MOV, WebM or MKV file.");
  if (bytes === 0) throw new RouteError(400, "EMPTY_INPUT", "The video is empty.");
  if (bytes > settings.maxVideoBytes)
    throw new RouteError(413, "TOO_LARGE", tooLarge(bytes, settings.maxVideoBytes));
  const url = `${bucket.url}/${bucket.prefix}uploads/${randomUUID()}.${TYPES[type]}`;
  const signed = { "content-type": type, "content-length": String(bytes) }; // the browser sends the latter by itself
  return {
    url: await presigned(bucket, { method: "PUT", url, seconds: PUT_S, headers: signed }),
    method: "PUT",
    headers: { "Content-Type": type },
    videoUrl: await presigned(bucket, { method: "GET", url, seconds: GET_S }),
  };
}

/** Some browsers know no type of some videos. */
function typeOf({ name, type }: { name: string; type: string }): string | null {
  const bare = (type.split(";")[0] ?? "").trim().toLowerCase();
  if (Object.hasOwn(TYPES, bare)) return bare;
  if (bare !== "" && bare !== "application/octet-stream") return null;
  const end = name.toLowerCase().split(".").pop();
  return Object.keys(TYPES).find((one) => TYPES[one] === end) ?? null;
}

function tooLarge(bytes: number, limit: number): string {
  const megabytes = (value: number) => `${Number((value / 1e6).toFixed(1))} MB`;
  return `This file is ${megabytes(bytes)}; the limit is ${megabytes(limit)}.`;
}
