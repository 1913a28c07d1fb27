import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a stand-in got. */
export interface Got {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** An HTTP server on loopback that answers as a test wants it. */
export interface StandIn {
  /** Its address, without a slash at the end. */
  url: string;
  got: Got[];
  /** Answers each call from now on; may be slow, or never answer. */
  answer: (response: ServerResponse, request: Got) => unknown;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function standIn(answer: StandIn["answer"]): Promise<StandIn> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { method = "", url = "", headers } = request;
    const got = { method, path: url, headers, body };
    self.got.push(got);
    await self.answer(response, got);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const self: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got: [],
    answer,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return self;
}

/** An answer in JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): StandIn["answer"] {
  return (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
