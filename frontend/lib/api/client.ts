import { badAnswer, call, isObject } from "./call";
import { keepOwner, ownerOf } from "./owned";
import { type Capabilities, type JobView, STATUSES, type UploadRequest, type UploadTicket } from "./types";
import { put } from "./upload";

export { ApiFailure, errorOf } from "./failure";

/** Each waits a little longer than the server waits for RunPod. */
const WITHIN_MS = { health: 10_000, status: 25_000, cancel: 20_000, uploads: 20_000 };
const SUBMIT_WITHIN_MS = 600_000; // up to 10 MB may go up, on a slow line

/**
 * What the server can do.
 *
 * @throws ApiFailure, as all of these; the signal's reason where one was given and aborted
 */
export async function getHealth(signal?: AbortSignal): Promise<Capabilities> {
  const answer = await call({ method: "GET", path: "/api/health", withinMs: WITHIN_MS.health, signal });
  if (!isCapabilities(answer)) throw badAnswer();
  return answer;
}

/** Starts a job, and gives its id; what lets this browser cancel it is kept. It is never sent twice: there could then be two. */
export async function submitJob(
  input: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ id: string }> {
  const answer = await call({
    method: "POST",
    path: "/api/jobs",
    body: { input },
    withinMs: SUBMIT_WITHIN_MS,
    signal,
  });
  if (!isObject(answer) || typeof answer.id !== "string" || answer.id === "") throw badAnswer();
  if (typeof answer.owner === "string") keepOwner(answer.id, answer.owner);
  return { id: answer.id };
}

/** How a job stands. */
export async function getJob(id: string, signal?: AbortSignal): Promise<JobView> {
  return viewIn(await call({ method: "GET", path: pathOf(id), withinMs: WITHIN_MS.status, signal }));
}

/** Asks for the end of a job that this browser has started; it may take a moment until it is CANCELLED. */
export async function cancelJob(id: string, signal?: AbortSignal): Promise<JobView> {
  const path = `${pathOf(id)}/cancel`;
  return viewIn(
    await call({ method: "POST", path, body: { owner: ownerOf(id) }, withinMs: WITHIN_MS.cancel, signal }),
  );
}

/**
 * Uploads a video to the bucket.
 *
 * @param onProgress takes 0 to 100
 * @returns the address for the job's video_url
 */
export async function uploadVideo(
  file: File,
  onProgress: (percent: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const body: UploadRequest = { name: file.name, type: file.type, bytes: file.size };
  const ticket = await call({
    method: "POST",
    path: "/api/uploads",
    body,
    withinMs: WITHIN_MS.uploads,
    signal,
  });
  if (!isTicket(ticket)) throw badAnswer();
  await put(ticket, file, onProgress, signal);
  return ticket.videoUrl;
}

function pathOf(id: string): string {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

function viewIn(answer: unknown): JobView {
  if (!isObject(answer) || typeof answer.id !== "string") throw badAnswer();
  if (!STATUSES.some((status) => status === answer.status)) throw badAnswer();
  if (answer.status === "COMPLETED" && !(isObject(answer.result) && isObject(answer.result.files))) {
    throw badAnswer();
  }
  return answer as unknown as JobView; // the server's own form, checked as far as the page would break on it
}

function isCapabilities(answer: unknown): answer is Capabilities {
  return (
    isObject(answer) &&
    (answer.uploads === "bucket" || answer.uploads === "inline") &&
    typeof answer.maxVideoBytes === "number" &&
    typeof answer.maxInlineBytes === "number" &&
    typeof answer.needsKey === "boolean" &&
    typeof answer.takesJobs === "boolean" &&
    typeof answer.reachable === "boolean"
  );
}

function isTicket(answer: unknown): answer is UploadTicket {
  return (
    isObject(answer) &&
    typeof answer.url === "string" &&
    answer.method === "PUT" &&
    isObject(answer.headers) &&
    typeof answer.videoUrl === "string"
  );
}
