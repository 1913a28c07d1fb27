import { readJson } from "@/lib/server/body";
import { preflight, route } from "@/lib/server/route";
import { ticketFor } from "@/lib/server/uploads";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

const LARGEST = 10_000; // bytes

export const OPTIONS = preflight("POST");

/** A place in the bucket for a video. */
export const POST = route({ cost: "uploads", key: true }, async (request, { settings }) =>
  ticketFor(await readJson(request, LARGEST), settings),
);
