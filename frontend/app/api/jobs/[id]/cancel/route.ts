import { z } from "zod";
import { readJson } from "@/lib/server/body";
import type { Context } from "@/lib/server/context";
import { RouteError } from "@/lib/server/errors";
import { isOwner } from "@/lib/server/owner";
import { endpointOf, preflight, route } from "@/lib/server/route";
import { viewOf } from "@/lib/server/view";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

const LARGEST = 1000; // bytes
const CANCEL = z.object({ owner: z.string().optional() });

export const OPTIONS = preflight("POST");

/** Ends a job. One that has ended before is answered as it stands. */
export const POST = route<{ id: string }>({ cost: "reads", key: true }, async (request, context, { id }) => {
  const runpod = endpointOf(context);
  await checkOwner(request, context, id);
  const answer = await runpod.cancel(id);
  return viewOf(answer.status === "CANCELLED" ? answer : await runpod.status(id));
});

/** Where callers need a key it is what lets them; elsewhere a job is ended by whoever has started it. */
async function checkOwner(request: Request, { settings }: Context, id: string): Promise<void> {
  if (settings.apiKeys.length > 0) return;
  const body = CANCEL.safeParse(await readJson(request, LARGEST));
  if (!isOwner(id, body.data?.owner, settings)) {
    throw new RouteError(403, "NOT_OWNER", "Only who has started a job can cancel it.");
  }
}
