import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const HEALTH_FRESH_MS = 4000; // as lib/server/runpod.ts has it

/** What goes wrong on the way to RunPod. */
export interface Fault {
  /** A part of the path, such as /status/. */
  path: string;
  /** This status, or a cut connection. */
  status: number | "cut";
  headers?: Record<string, string>;
  /** How often; always, where it is left out. */
  times?: number;
}

const CONTROL = "/faults";

/** A proxy in front of RunPod's API, which fails as it is told to: PUT /faults with a list of `Fault`. */
export function front(target: string): Server {
  let faults: Fault[] = [];
  return createServer(async (incoming, answer) => {
    if (incoming.url === CONTROL) {
      faults = JSON.parse((await bodyOf(incoming)).toString() || "[]") as Fault[];
      answer.end("{}");
      return;
    }
    const fault = faults.find(({ path, times }) => incoming.url?.includes(path) && times !== 0);
    if (fault === undefined) return forward(target, incoming, answer);
    if (fault.times !== undefined) fault.times -= 1;
    if (fault.status === "cut") return void incoming.socket.destroy();
    answer.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
    answer.end('{"error":"on purpose"}');
  });
}

function forward(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers, url } = incoming;
  const outgoing = request(new URL(url ?? "/", target), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.on("error", () => answer.destroy());
  incoming.pipe(outgoing);
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Tells the proxy what is to go wrong from now on; an empty list puts all right. Of faults of /health it waits until the
 * page's server has forgotten the last answer.
 */
export async function fail(faults: Fault[]): Promise<void> {
  await fetch(`${process.env.E2E_FRONT}${CONTROL}`, { method: "PUT", body: JSON.stringify(faults) });
  if (faults.some(({ path }) => path === "/health")) await sleep(HEALTH_FRESH_MS + 100);
}
