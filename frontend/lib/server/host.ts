import { networkInterfaces } from "node:os";
import { canonical, isLoopback } from "./address";
import { RouteError } from "./errors";
import type { Settings } from "./settings";

/** As much of a request as names its server. */
interface Named {
  headers: Pick<Headers, "get">;
}

/** The address that a request was sent to, without a path: where links to this page lead; null where none is named. */
export function addressOf(request: Named, settings: Settings): URL | null {
  const host = hostOf(request, settings);
  if (!host) return null;
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0] === "https" ? "https" : "http";
  return new URL(`${scheme}://${host}`);
}

/**
 * The host, with its port unless it is 80, that a request was sent to: what its caller calls this server. A proxy
 * of ours says it where it has put another in its place.
 *
 * @returns null where none is named, as by no browser; "" where what is named is no host
 */
export function hostOf({ headers }: Named, { trustedProxies }: Settings): string | null {
  const forwarded = trustedProxies > 0 ? headers.get("x-forwarded-host") : null;
  const host = forwarded ?? headers.get("host");
  if (host === null) return null;
  const isHost = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d+)?$/i.test(host) && URL.canParse(`http://${host}`);
  return isHost ? new URL(`http://${host}`).host : "";
}

/**
 * Checks that a request was sent to a name of this server: loopback's, an address of this machine, or one of
 * ALLOWED_HOSTS. A name of somebody else's that leads here makes his page look like ours to a browser.
 *
 * @throws RouteError if it was not
 */
export function checkHost(request: Request, settings: Settings): void {
  const host = hostOf(request, settings);
  if (host === null || (host !== "" && isOwn(new URL(`http://${host}`).hostname, settings.allowedHosts)))
    return;
  const message = "This server does not go by that name; ALLOWED_HOSTS says by which it does.";
  throw new RouteError(403, "HOST_NOT_ALLOWED", message);
}

function isOwn(hostname: string, allowed: string[]): boolean {
  const name = hostname.replace(/\.$/, "");
  return allowed.includes(name) || isThisMachine(name);
}

/** Whether a name or an address is loopback's, or one that this machine's network has given it. */
export function isThisMachine(name: string): boolean {
  return isLoopback(name) || ownAddresses().includes(canonical(name) ?? "");
}

/** They may change. */
function ownAddresses(): (string | null)[] {
  return Object.values(networkInterfaces()).flatMap((of) =>
    (of ?? []).map(({ address }) => canonical(address)),
  );
}
