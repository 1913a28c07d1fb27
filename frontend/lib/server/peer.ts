import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { canonical } from "./address";
import { isThisMachine } from "./host";

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
 * What limits are counted by: the address that a request came from, in one spelling.
 *
 * @param proxies how many ends of X-Forwarded-For are proxies' own: the address is the one before, or, if that is
 *   none, the last
 * @returns an IPv4 address, or the first half of an IPv6 one, which is what a household has
 */
export function callerOf(request: Request, proxies: number): string {
  const hops = (request.headers.get(HEADER) ?? "").split(",").map((hop) => canonical(hop.trim()));
  const address = hops[Math.max(0, hops.length - 1 - proxies)] ?? hops.at(-1) ?? "";
  return address.includes(":") ? network(address) : address;
}

/** Whether a request, as far as can be told, came from this machine, and through nobody's hands but its own. */
export function isFromHere(request: Request): boolean {
  const hops = (request.headers.get(HEADER) ?? "").split(",").filter((hop) => hop.trim() !== "");
  return hops.every((hop) => isThisMachine(canonical(hop.trim()) ?? ""));
}

/** The first 64 bits of an IPv6 address in its canonical spelling. */
function network(address: string): string {
  const [left = [], right = []] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}
