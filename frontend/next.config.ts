import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";
import { HEADERS, NOTHING } from "./lib/server/headers";

/** All but the pages, which have their own of proxy.ts: routes, what there is not below them, and files. */
const NO_PAGES = "/:path(api/.*|_next/static/.*|_next/image.*|examples/.*\\..*|icon\\.svg.*)";

process.env.NEXT_TELEMETRY_DISABLED = "1"; // nobody is told of a build or a server; `next dev` reads it before this

const worker = process.env.NEXT_PUBLIC_WORKER_URL; // compiled into the browser's code
if (worker && !/^https?:$/.test(URL.canParse(worker) ? new URL(worker).protocol : "")) {
  throw new Error(`NEXT_PUBLIC_WORKER_URL=${JSON.stringify(worker)}: an address, http or https`);
}

// What the image has. `next start` does not serve it, so it is not made unless asked for.
const standalone = process.env.NEXT_OUTPUT === "standalone";

const config: NextConfig = {
  ...(standalone && { output: "standalone" }),
  poweredByHeader: false,
  reactStrictMode: true,
  allowedDevOrigins: ["127.0.0.1"], // as well as localhost
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) }, // else a lock file further up decides
  headers: async () => [
    { source: "/:path*", headers: Object.entries(HEADERS).map(([key, value]) => ({ key, value })) },
    { source: NO_PAGES, headers: [{ key: "Content-Security-Policy", value: NOTHING }] },
  ],
};

export default config;
