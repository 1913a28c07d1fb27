import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

/** On every answer, files included; proxy.ts adds the pages' own. */
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer", // addresses hold ids of jobs and signed links
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), fullscreen=(self)",
  "Cross-Origin-Opener-Policy": "same-origin",
};

const worker = process.env.NEXT_PUBLIC_WORKER_URL; // compiled into the browser's code
if (worker && !/^https?:$/.test(URL.canParse(worker) ? new URL(worker).protocol : "")) {
  throw new Error(`NEXT_PUBLIC_WORKER_URL=${JSON.stringify(worker)}: an address, http or https`);
}

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  allowedDevOrigins: ["127.0.0.1"], // as well as localhost
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) }, // else a lock file further up decides
  headers: async () => [
    { source: "/:path*", headers: Object.entries(HEADERS).map(([key, value]) => ({ key, value })) },
  ],
};

export default config;
