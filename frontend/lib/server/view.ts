import { z } from "zod";
import { type Code, WORKER_CODES } from "@/lib/api/codes";
import type { ApiError, JobView, Progress } from "@/lib/api/types";
import { isResult } from "./contract";
import { log } from "./errors";
import type { Answer } from "./runpod";

const WEB = z.url({ protocol: /^https?$/ });

/** Progress as the worker posts it. */
const PROGRESS = z.object({
  stage: z.string().min(1).max(40),
  index: z.number().nonnegative(),
  of: z.number().positive(),
  percent: z.number().min(0).max(100),
  eta_s: z.number().nonnegative().nullable().default(null),
  early: z.object({ anchor_mesh: WEB.optional(), animated_mesh: WEB.optional() }).optional().catch(undefined),
});

const WORKER_ERROR = /^([A-Z][A-Z0-9_]+): (.+)$/s;
const LONGEST_MESSAGE = 2000;
/** RunPod's words where a job's workers were lost once too often. */
const LOST = /^job timed out after \d+ retries$/;

/** A job as its caller sees it: nothing of RunPod's own texts, hosts or traces. */
export function viewOf(answer: Answer): JobView {
  const { id, status, output, delayTime: delayMs, executionTime: executionMs, retries } = answer;
  const times = Object.fromEntries(
    Object.entries({ delayMs, executionMs, retries }).filter(([, value]) => value !== undefined),
  );
  const view: JobView = { id, status, ...times };
  if (status === "IN_PROGRESS") return withProgress(view, output);
  if (status === "FAILED") return { ...view, error: errorOf(answer.error) };
  if (status === "COMPLETED") return withResult(view, output);
  return view;
}

/** What the worker has done so far; before its first report nothing. */
function withProgress(view: JobView, output: unknown): JobView {
  const read = PROGRESS.safeParse(output);
  if (!read.success) return view;
  const { stage, index, of, percent, eta_s: etaS, early } = read.data;
  const progress: Progress = { stage, index, of, percent, etaS };
  if (early?.anchor_mesh !== undefined) progress.anchorMeshUrl = early.anchor_mesh;
  if (early?.animated_mesh !== undefined) progress.animationUrl = early.animated_mesh;
  return { ...view, progress };
}

function withResult(view: JobView, output: unknown): JobView {
  if (isResult(output)) return { ...view, result: output };
  log("a job is COMPLETED without a result of the worker's form");
  const message = "The job has ended, but RunPod has no result of it that can be read.";
  return { ...view, status: "FAILED", error: apiError("RESULT_LOST", message) };
}

/** Of the worker's `CODE: message` both; of anything else, such as the SDK's trace, nothing. */
function errorOf(error: unknown): ApiError {
  const [, code, message] = (typeof error === "string" ? WORKER_ERROR.exec(error) : null) ?? [];
  const known = WORKER_CODES.find((one) => one === code);
  if (known && message) return apiError(known, message.slice(0, LONGEST_MESSAGE));
  if (typeof error === "string" && LOST.test(error)) {
    return apiError("WORKER_LOST", "The worker was lost, and so were those that took the job again.");
  }
  return apiError("WORKER_FAILED", "The worker failed and did not say why; its log has the details.");
}

function apiError(code: Code, message: string): ApiError {
  return { code, message };
}
