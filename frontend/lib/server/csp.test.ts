import { expect, it } from "vitest";
import { policyFor } from "./csp";

const SOURCES = { nonce: "bm9uY2U=", api: undefined, files: ["https://s3.example.com"], dev: false };

function directives(policy: string): Record<string, string> {
  return Object.fromEntries(
    policy.split("; ").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
}

it("allows what the page needs and no more", () => {
  const data = "'self' data: blob: https://s3.example.com";
  expect(directives(policyFor(SOURCES))).toEqual({
    "default-src": "'self'",
    "script-src": "'self' 'nonce-bm9uY2U=' 'strict-dynamic' 'wasm-unsafe-eval'",
    "style-src": "'self' 'nonce-bm9uY2U='",
    "img-src": data,
    "media-src": data,
    "connect-src": data,
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
  });
});

it("allows calls to an API elsewhere, by its origin", () => {
  const policy = directives(policyFor({ ...SOURCES, api: "https://api.example.com/worker/" }));
  expect(policy["connect-src"]).toBe("'self' data: blob: https://s3.example.com https://api.example.com");
  expect(policy["img-src"]).not.toContain("api.example.com");
});

it("lets only `next dev` evaluate code", () => {
  expect(policyFor(SOURCES)).not.toMatch(/'unsafe-(eval|inline)'/);
  expect(policyFor({ ...SOURCES, dev: true })).toContain("'unsafe-eval'");
});
