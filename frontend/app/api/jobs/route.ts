import { z } from "zod";
import { readJson } from "@/lib/server/body";
import { problemsOf } from "@/lib/server/contract";
import { RouteError } from "@/lib/server/errors";
import { ownerToken } from "@/lib/server/owner";
import { endpointOf, preflight, route } from "@/lib/server/route";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

const LARGEST = 10_000_000; // bytes: what RunPod takes

/** RunPod knows more beside `input` (a webhook, time limits, another bucket): that is not for this page's callers. */
const JOB = z.strictObject({ input: z.record(z.string(), z.unknown()) });

export const OPTIONS = preflight("POST");

/** Starts a job. */
export const POST = route({ cost: "jobs", key: true }, async (request, context) => {
  const runpod = endpointOf(context);
  const job = JOB.safeParse(await readJson(request, LARGEST));
  if (!job.success) throw new RouteError(400, "INVALID_INPUT", "Send an object with input alone.");
  const problems = problemsOf(job.data.input);
  if (problems !== null) throw new RouteError(400, "INVALID_INPUT", problems);
  const { id } = await runpod.run(job.data.input);
  return { id, owner: ownerToken(id, context.settings) };
});
