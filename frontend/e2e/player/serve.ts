import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FRONTEND = join(HERE, "..", "..");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".glb": "model/gltf-binary",
  ".mp4": "video/mp4",
  ".webp": "image/webp",
  ".png": "image/png",
};

/** Stricter than the site's own: without a nonce no style and no script in the page itself is allowed. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self' data: blob:",
].join("; ");

/** Bundles the harness into a folder; returns the bytes of its scripts, by name. */
export async function bundle(folder: string): Promise<void> {
  await build({
    root: HERE,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    resolve: { alias: { "@": FRONTEND.replace(/\/$/, "") } },
    oxc: { jsx: { runtime: "automatic", development: false } },
    define: { "process.env.NODE_ENV": '"production"' },
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  });
}

/**
 * Serves files from folders, the first that has one, under a strict policy.
 *
 * @returns its address, and what ends it.
 */
export async function serve(folders: readonly string[]): Promise<{ url: string; end: () => void }> {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const name = path === "/" ? "index.html" : path;
    for (const folder of folders) {
      const bytes = await readFile(join(folder, name)).catch(() => null);
      if (bytes === null) continue;
      send(response, bytes, extname(name), request.headers.range);
      return;
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    end: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers with a file, or the part of it that is asked for: a video cannot be sought without. */
function send(response: import("node:http").ServerResponse, bytes: Buffer, kind: string, range = ""): void {
  const part = /^bytes=(\d+)-(\d*)$/.exec(range);
  const first = Number(part?.[1] ?? 0);
  const last = Math.min(Number(part?.[2] || bytes.length - 1), bytes.length - 1);
  response.writeHead(part === null ? 200 : 206, {
    "Content-Type": TYPES[kind] ?? "application/octet-stream",
    "Content-Length": last - first + 1,
    "Content-Security-Policy": POLICY,
    "Accept-Ranges": "bytes",
    ...(part === null ? {} : { "Content-Range": `bytes ${first}-${last}/${bytes.length}` }),
  });
  response.end(bytes.subarray(first, last + 1));
}
