import { createHmac, timingSafeEqual } from "node:crypto";
import type { Settings } from "./settings";

/**
 * What shows that a caller has started a job: it is given with the job's id, and no link has it. It is made of the id
 * and RunPod's key, so that nothing has to be kept and every server of the page knows it.
 */
export function ownerToken(id: string, { runpod }: Pick<Settings, "runpod">): string {
  return createHmac("sha256", runpod?.key ?? "")
    .update(`owner of ${id}`)
    .digest("base64url");
}

/** Whether a caller has started a job. */
export function isOwner(id: string, token: unknown, settings: Pick<Settings, "runpod">): boolean {
  if (typeof token !== "string" || settings.runpod === null) return false;
  const [given, right] = [Buffer.from(token), Buffer.from(ownerToken(id, settings))];
  return given.length === right.length && timingSafeEqual(given, right);
}
