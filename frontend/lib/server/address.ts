import { isIPv4, isIPv6, SocketAddress } from "node:net";

/**
 * An IP address in the one spelling that it has here: IPv6 in small letters and as short as it can be, without its
 * zone; an IPv4 address in IPv6 as IPv4.
 *
 * @param text with or without brackets and a port, as proxies write it
 * @returns null if it is no address
 */
export function canonical(text: string): string | null {
  const [, inside = text] = /^\[(.*)\](?::\d+)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text) ?? [];
  const address = inside.replace(/%.*$/, "");
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return null;
  return new SocketAddress({ address, family: "ipv6" }).address.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Whether a name or an address leads to the machine itself. */
export function isLoopback(name: string): boolean {
  return /^(.+\.)?localhost$/.test(name) || /^(127\.|::1$)/.test(canonical(name) ?? "");
}
