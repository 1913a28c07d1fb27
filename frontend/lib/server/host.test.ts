import { describe, expect, it, vi } from "vitest";
import type { RouteError } from "./errors";
import { addressOf, checkHost, hostOf } from "./host";
import { settingsOf } from "./settings";

const OWN = { address: "192.0.2.7" };
const OWN_6 = { address: "2001:db8::7" };
vi.mock("node:os", () => ({ networkInterfaces: vi.fn(() => ({ eth0: [OWN, OWN_6] })) }));

const request = (headers: Record<string, string>) => new Request("http://a", { headers });
const settings = settingsOf({ ALLOWED_HOSTS: "page.example, 198.51.100.4,[2001:db8::4]" });

function refusal(headers: Record<string, string>, own = settings): RouteError | null {
  try {
    checkHost(request(headers), own);
    return null;
  } catch (error) {
    return error as RouteError;
  }
}

describe("checkHost", () => {
  it.each([
    "localhost",
    "localhost:3000",
    "LOCALHOST.:3000",
    "page.localhost:3000",
    "127.0.0.1:3000",
    "127.1.2.3",
    "[::1]:3000",
    "[0:0:0:0:0:0:0:1]:3000",
    "[::ffff:127.0.0.1]:3000",
    "192.0.2.7:3000",
    "[2001:DB8::7]:3000",
    "page.example",
    "Page.Example:8443",
    "198.51.100.4",
    "[2001:0db8::4]:3000",
  ])("takes %s for its own", (host) => {
    expect(refusal({ host })).toBeNull();
  });

  it("takes what names no host", () => {
    expect(refusal({})).toBeNull();
  });

  it.each([
    "evil.com",
    "evil.com:3000",
    "127.0.0.1.evil.com",
    "localhost.evil.com",
    "evillocalhost",
    "page.example.evil.com",
    "evil.page.example",
    "203.0.113.9",
    "[2001:db8::8]",
    "0.0.0.0:3000",
    "evil.com@localhost",
    "localhost/evil.com",
    "localhost#evil.com",
    "localhost, evil.com",
    "localhost:99999",
    "",
  ])("refuses %s", (host) => {
    expect(refusal({ host })).toMatchObject({ status: 403, error: { code: "HOST_NOT_ALLOWED" } });
  });

  it("believes in a proxy's word alone, where there is a proxy", () => {
    const behind = settingsOf({ ALLOWED_HOSTS: "page.example", TRUSTED_PROXIES: "1" });
    expect(refusal({ host: "10.0.0.1", "x-forwarded-host": "page.example" }, behind)).toBeNull();
    expect(refusal({ host: "page.example" }, behind)).toBeNull();
    for (const forwarded of ["evil.com", "evil.com, page.example"]) {
      expect(refusal({ host: "localhost", "x-forwarded-host": forwarded }, behind)?.status).toBe(403);
    }
    expect(refusal({ host: "evil.com", "x-forwarded-host": "page.example" })?.status).toBe(403);
  });
});

it.each([
  ["localhost:80", "localhost"],
  ["Page.Example:3000", "page.example:3000"],
  ["page.example/x", ""],
])("hostOf %s is %s", (host, own) => {
  expect(hostOf(request({ host }), settings)).toBe(own);
});

describe("addressOf", () => {
  const behind = settingsOf({ TRUSTED_PROXIES: "1" });

  it("is where the request was sent, with the scheme that a proxy tells", () => {
    const shown = (headers: Record<string, string>) => addressOf(request(headers), behind)?.href;
    expect(shown({ host: "localhost:3000" })).toBe("http://localhost:3000/");
    expect(shown({ host: "a", "x-forwarded-host": "page.example", "x-forwarded-proto": "https" })).toBe(
      "https://page.example/",
    );
    expect(shown({ host: "a b" })).toBeUndefined();
  });
});
