import type { JobView } from "@/lib/api/types";
import type { Context } from "@/lib/server/context";
import { RouteError } from "@/lib/server/errors";
import { endpointOf, preflight, route } from "@/lib/server/route";
import { storedView } from "@/lib/server/stored";
import { viewOf } from "@/lib/server/view";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

export const OPTIONS = preflight("GET");

/**
 * How a job stands. Its id is what lets one ask: a link to it can be shared. One that RunPod no longer has is looked for
 * in the bucket.
 */
export const GET = route<{ id: string }>({ cost: "reads", key: false }, async (_request, context, { id }) => {
  try {
    const view = viewOf(await endpointOf(context).status(id));
    if (view.result && !view.result.from_animation) context.seen.engine = view.result.engine;
    return view;
  } catch (error) {
    const stored = isGone(error) ? await storedIn(context, id) : null;
    if (stored === null) throw error;
    return stored;
  }
});

/** Whether RunPod has no such job, or there is no endpoint to ask. */
function isGone(error: unknown): boolean {
  return error instanceof RouteError && ["JOB_EXPIRED", "NOT_CONFIGURED"].includes(error.error.code);
}

function storedIn({ settings }: Context, id: string): Promise<JobView | null> {
  return storedView(id, settings.bucket);
}
