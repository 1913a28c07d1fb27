import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

const HEADER = "x-forwarded-for";

/**
 * From now on every request's X-Forwarded-For ends with the address that it came from, as a proxy would have
 * it. Next itself believes the header if there is one, so that a caller could choose his address.
 */
export function notePeers(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const given = request.headers[HEADER];
    const peer = request.socket.remoteAddress ?? "";
    request.headers[HEADER] = given === undefined ? peer : `${given}, ${peer}`;
  });
}

/**
 * The address that limits are counted by.
 *
 * @param proxies how many ends of X-Forwarded-For are proxies' own: the address is the one before
 * @returns an IPv4 address, or the first half of an IPv6 one, which is what a household has
 */
export function callerOf(request: Request, proxies: number): string {
  const hops = (request.headers.get(HEADER) ?? "").split(",").map((hop) => hop.trim());
  const address = (hops[Math.max(0, hops.length - 1 - proxies)] ?? "").replace(/^::ffff:/, "");
  return isIPv6(address) ? network(address) : address.slice(0, 64);
}

/** The first 64 bits of an IPv6 address. */
function network(address: string): string {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return `${[...left, ...middle, ...right].slice(0, 4).join(":")}::/64`;
}
