import { getHealth, getJob, submitJob } from "@/lib/api/client";
import type { Result } from "@/lib/contract/result";
import { animationField, type Form } from "./forms";

/**
 * Starts the job that makes a form of a result.
 *
 * @param again whether it was left out before: the answer from then will not do
 * @returns the job's id
 * @throws ApiFailure as `getHealth`, `animationField` and `submitJob`; the signal's reason
 */
export async function send(
  id: string,
  result: Result,
  form: Form,
  again: boolean,
  signal: AbortSignal,
): Promise<string> {
  const mesh = result.files.animated_mesh;
  if (!mesh) throw new Error("there is no mesh");
  const [{ maxInlineBytes }, linked] = await Promise.all([getHealth(signal), linkedMesh(id, result)]);
  const animation = await animationField(mesh, linked, maxInlineBytes);
  signal.throwIfAborted();
  const input = { ...animation, outputs: [form.name], ...(again && { cache: false }) };
  return (await submitJob(input, signal)).id;
}

/** The mesh as the server has it; null where it has the result no more, or has it without links. */
async function linkedMesh(id: string, { storage }: Result) {
  if (storage === "inline") return null;
  return getJob(id).then(
    ({ result }) => result?.files.animated_mesh ?? null,
    () => null,
  );
}
