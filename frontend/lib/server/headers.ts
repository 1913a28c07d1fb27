import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

/** The Content-Security-Policy of what is no page. */
export const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** On every answer, files and errors included. */
export const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer", // addresses hold ids of jobs and signed links
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), fullscreen=(self)",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/**
 * From now on every answer has them from the start, with a policy that a page replaces. Next's own headers miss
 * what it answers before it looks for them, such as a redirect to a path without a slash.
 */
export function startWithHeaders(): void {
  subscribe("http.server.request.start", (message) => {
    const { response } = message as { response: ServerResponse };
    response.setHeader("Content-Security-Policy", NOTHING);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  });
}
