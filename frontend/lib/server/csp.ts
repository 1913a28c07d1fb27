/** What a page may load. */
export interface Sources {
  /** Of this answer alone, unguessable. */
  nonce: string;
  /** Where its API is, if elsewhere. */
  api: string | undefined;
  /** Where results and uploads are, such as a bucket's. */
  files: string[];
  /** Whether `next dev` serves it, which evaluates code and has a socket of its own. */
  dev: boolean;
}

/** The Content-Security-Policy of a page. WebAssembly is for the decoder of compressed meshes. */
export function policyFor({ nonce, api, files, dev }: Sources): string {
  const data = ["'self'", "data:", "blob:", ...files];
  const connect = api === undefined ? data : [...data, new URL(api).origin];
  const policy: Record<string, string[]> = {
    "default-src": ["'self'"],
    "script-src": ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", "'wasm-unsafe-eval'"],
    "style-src": ["'self'", dev ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    "img-src": data,
    "media-src": data,
    "connect-src": [...new Set(connect)],
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
  };
  if (dev) {
    policy["script-src"]?.push("'unsafe-eval'");
    policy["connect-src"]?.push("ws:");
  }
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}
