import { endpointOf, preflight, route } from "@/lib/server/route";
import { viewOf } from "@/lib/server/view";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

export const OPTIONS = preflight("POST");

/** Ends a job. One that has ended before is answered as it stands. */
export const POST = route<{ id: string }>({ cost: "reads", key: true }, async (_request, context, { id }) => {
  const runpod = endpointOf(context);
  const answer = await runpod.cancel(id);
  return viewOf(answer.status === "CANCELLED" ? answer : await runpod.status(id));
});
