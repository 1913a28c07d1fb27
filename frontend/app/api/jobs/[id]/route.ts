import { endpointOf, preflight, route } from "@/lib/server/route";
import { viewOf } from "@/lib/server/view";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

export const OPTIONS = preflight("GET");

/** How a job stands. Its id is what lets one ask: a link to it can be shared. */
export const GET = route<{ id: string }>({ cost: "reads", key: false }, async (_request, context, { id }) =>
  viewOf(await endpointOf(context).status(id)),
);
