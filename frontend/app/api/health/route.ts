import type { Capabilities } from "@/lib/api/types";
import type { Context } from "@/lib/server/context";
import { takesJobsOf } from "@/lib/server/guard";
import { preflight, route } from "@/lib/server/route";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

export const OPTIONS = preflight("GET");

/** What this page can do, and whether its endpoint answers. */
export const GET = route({ cost: "reads", key: false }, async (request, context): Promise<Capabilities> => {
  const { settings, seen } = context;
  const workers = await workersOf(context);
  return {
    uploads: settings.bucket?.keys ? "bucket" : "inline",
    maxVideoBytes: settings.maxVideoBytes,
    maxInlineBytes: settings.maxInlineBytes,
    needsKey: settings.apiKeys.length > 0,
    takesJobs: takesJobsOf(request, settings),
    reachable: workers !== undefined,
    ...(workers && { workers }),
    ...(seen.engine !== null && { engine: seen.engine }),
  };
});

/** The endpoint's workers; undefined where it does not answer, which the log explains. */
async function workersOf({ runpod }: Context): Promise<Capabilities["workers"]> {
  return runpod === null ? undefined : runpod.health().catch(() => undefined);
}
