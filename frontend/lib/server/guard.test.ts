import { beforeEach, describe, expect, it } from "vitest";
import type { RouteError } from "./errors";
import { admit, checkOrigin } from "./guard";
import { limitsOf } from "./limits";
import { settingsOf } from "./settings";

const KEYS = { WEB_API_KEY: "first-key,second-key", RATE_LIMIT_JOBS: "2", RATE_LIMIT_WINDOW_S: "60" };
const request = (headers: Record<string, string> = {}) =>
  new Request("http://page.example/api/jobs", { headers });
const bearer = (key: string, address = "203.0.113.1") =>
  request({ authorization: `Bearer ${key}`, "x-forwarded-for": address });

const failure = (call: () => unknown): Promise<RouteError | null> =>
  Promise.resolve()
    .then(call)
    .then(
      () => null,
      (error) => error,
    );

describe("checkOrigin", () => {
  const settings = settingsOf({ ALLOWED_ORIGINS: "https://other.example" });
  const check = (headers: Record<string, string>, own = settings) =>
    checkOrigin(request({ host: "page.example", ...headers }), own);

  it("lets the page itself pass, and what is no page", () => {
    expect(check({})).toBeNull();
    expect(check({ origin: "https://page.example" })).toBeNull(); // a proxy ends TLS
  });

  it("names an origin of the list", () => {
    expect(check({ origin: "https://other.example" })).toBe("https://other.example");
  });

  it.each(["https://evil.example", "https://page.example.evil.example", "http://other.example", "null", "x"])(
    "refuses %s",
    async (origin) => {
      expect(await failure(() => check({ origin }))).toMatchObject({
        status: 403,
        error: { code: "ORIGIN_NOT_ALLOWED" },
      });
    },
  );

  it("believes in a proxy's host only where there is a proxy", async () => {
    const headers = {
      host: "10.0.0.1:3000",
      "x-forwarded-host": "page.example",
      origin: "https://page.example",
    };
    expect(await failure(() => check(headers))).toMatchObject({ status: 403 });
    expect(check(headers, settingsOf({ TRUSTED_PROXIES: "1" }))).toBeNull();
  });
});

describe("admit", () => {
  const settings = settingsOf(KEYS);
  const rules = { cost: "jobs", key: true } as const;
  let limits = limitsOf(settings);
  beforeEach(() => {
    limits = limitsOf(settings);
  });
  const enter = (call: Request, own = settings) => failure(() => admit(call, rules, own, limits));

  it("takes any of the keys", async () => {
    expect(await enter(bearer("first-key"))).toBeNull();
    expect(await enter(bearer("second-key"))).toBeNull();
  });

  it("asks for a key", async () => {
    expect(await enter(request())).toMatchObject({ status: 401, error: { code: "KEY_REQUIRED" } });
    expect(await enter(request({ authorization: "Basic Zmlyc3Q=" }))).toMatchObject({ status: 401 });
    expect(await enter(bearer("first-kez"))).toMatchObject({ status: 401, error: { code: "KEY_WRONG" } });
    expect(await enter(request(), settingsOf({}))).toBeNull();
    expect(await failure(() => admit(request(), { cost: "reads", key: false }, settings, limits))).toBeNull();
  });

  it("counts by key, wherever it is used", async () => {
    await enter(bearer("first-key", "203.0.113.1"));
    await enter(bearer("first-key", "203.0.113.2"));
    expect(await enter(bearer("first-key", "203.0.113.3"))).toMatchObject({
      status: 429,
      error: { code: "RATE_LIMITED", message: "Too many requests. Try again in 60 s.", retryAfterS: 60 },
    });
    expect(await enter(bearer("second-key", "203.0.113.1"))).toBeNull();
  });

  it("counts by address where there is no key", async () => {
    const open = settingsOf({});
    const at = (address: string) => enter(request({ "x-forwarded-for": address }), open);
    expect([await at("203.0.113.1"), await at("203.0.113.1")]).toEqual([null, null]);
    expect(await at("203.0.113.1")).toMatchObject({ status: 429 });
    expect(await at("6.6.6.6, 203.0.113.1")).toMatchObject({ status: 429 }); // what a caller adds changes nothing
    expect(await at("203.0.113.2")).toBeNull();
  });

  it("takes jobs from this machine alone where nobody said who may start them", async () => {
    const unguarded = settingsOf({ RUNPOD_ENDPOINT_ID: "abc", RUNPOD_API_KEY: "rpa_key" });
    const from = (hops: string, cost: "jobs" | "uploads" | "reads" = "jobs") =>
      failure(() => admit(request({ "x-forwarded-for": hops }), { cost, key: true }, unguarded, limits));
    for (const hops of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) expect(await from(hops)).toBeNull();
    for (const hops of ["203.0.113.1", "203.0.113.1, 127.0.0.1", "unknown, 127.0.0.1", "172.17.0.1"]) {
      const refused = { status: 403, error: { code: "LOCAL_ONLY" } };
      expect(await from(hops)).toMatchObject(refused);
      expect(await from(hops, "uploads")).toMatchObject(refused);
      expect(await from(hops, "reads")).toBeNull();
    }
  });

  it("stops an address that tries keys, the right one included", async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await enter(bearer(`wrong-${tries}`))).toMatchObject({ status: 401 });
    }
    expect(await enter(bearer("first-key"))).toMatchObject({ status: 429 });
    expect(await enter(bearer("first-key", "203.0.113.2"))).toBeNull();
  });
});
