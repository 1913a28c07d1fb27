import { type NextRequest, NextResponse } from "next/server";
import { context } from "@/lib/server/context";
import { policyFor } from "@/lib/server/csp";

/**
 * Gives every page its own nonce and the policy that names it. Next reads the policy from the request and puts
 * the nonce on its scripts and styles.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = policyFor({
    nonce,
    api: process.env.NEXT_PUBLIC_WORKER_URL || undefined, // of the build, as the browser has it
    files: context().settings.bucket?.origins ?? [],
    dev: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  if (isHttps(request)) response.headers.set("Strict-Transport-Security", "max-age=63072000");
  return response;
}

function isHttps({ headers, nextUrl }: NextRequest): boolean {
  return (headers.get("x-forwarded-proto")?.split(",")[0] ?? nextUrl.protocol.replace(":", "")) === "https";
}

// Not /api: what a proxy sees of a body ends, without a word, at 10 MB.
export const config = { matcher: ["/((?!api/|_next/static/|_next/image|examples/.*\\.|icon\\.svg).*)"] };
