import { describe, expect, it } from "vitest";
import { contextOf } from "./context";
import { settingsOf } from "./settings";

const RUNPOD = { RUNPOD_ENDPOINT_ID: "abc123", RUNPOD_API_KEY: "rpa_secret" };
const BUCKET = { BUCKET_NAME: "videos", BUCKET_ENDPOINT_URL: "https://s3.example.com" };
const KEYS = { BUCKET_ACCESS_KEY_ID: "id-of-key", BUCKET_SECRET_ACCESS_KEY: "secret-of-key" };

describe("settingsOf", () => {
  it("has defaults for all of them", () => {
    expect(settingsOf({})).toEqual({
      runpod: null,
      engine: null,
      bucket: null,
      maxVideoBytes: 100_000_000,
      maxInlineBytes: 7_000_000,
      apiKeys: [],
      localOnly: false,
      allowedHosts: [],
      allowedOrigins: [],
      limits: { jobs: 20, reads: 600, windowS: 300 },
      trustedProxies: 0,
    });
  });

  it("takes an empty variable for none, and passes over others", () => {
    expect(settingsOf({ WEB_API_KEY: "", BUCKET_NAME: "", PATH: "/bin" })).toEqual(settingsOf({}));
  });

  it("puts the endpoint's address together", () => {
    expect(settingsOf(RUNPOD).runpod).toEqual({ url: "https://api.runpod.ai/v2/abc123", key: "rpa_secret" });
    const local = settingsOf({ ...RUNPOD, RUNPOD_BASE_URL: "http://127.0.0.1:8000/v2/" });
    expect(local.runpod?.url).toBe("http://127.0.0.1:8000/v2/abc123");
  });

  it("knows a bucket by any form of its address", () => {
    const expected = {
      url: "https://s3.example.com/videos",
      region: "us-east-1",
      prefix: "",
      origins: ["https://s3.example.com", "https://videos.s3.example.com"],
      keys: { id: "id-of-key", secret: "secret-of-key" },
      publicUrl: null,
    };
    for (const url of [
      "https://s3.example.com",
      "https://videos.s3.example.com",
      "https://s3.example.com/videos",
    ]) {
      expect(settingsOf({ ...BUCKET, ...KEYS, BUCKET_ENDPOINT_URL: url }).bucket).toEqual(expected);
    }
  });

  it("knows AWS's own, with and without keys", () => {
    const { bucket } = settingsOf({ BUCKET_NAME: "videos", BUCKET_REGION: "eu-central-1" });
    expect(bucket).toMatchObject({ url: "https://s3.eu-central-1.amazonaws.com/videos", keys: null });
    expect(bucket?.origins).toContain("https://videos.s3.amazonaws.com");
  });

  it("names the public address among the origins", () => {
    const { bucket } = settingsOf({ ...BUCKET, BUCKET_PUBLIC_URL: "https://cdn.example.com/meshes" });
    expect(bucket?.origins).toContain("https://cdn.example.com");
  });

  it("lets less ride in a job where Vercel or MAX_VIDEO_MB takes less", () => {
    expect(settingsOf({ VERCEL: "1" }).maxInlineBytes).toBe(3_200_000);
    expect(settingsOf({ MAX_VIDEO_MB: "2.5" })).toMatchObject({
      maxVideoBytes: 2_500_000,
      maxInlineBytes: 2_500_000,
    });
  });

  it("allows the hosts that Vercel has given it", () => {
    const vercel = { VERCEL_URL: "a-1.vercel.app", VERCEL_PROJECT_PRODUCTION_URL: "a.example.com" };
    const { allowedHosts } = settingsOf({ ...vercel, ALLOWED_HOSTS: "b.example.com" });
    expect(allowedHosts).toEqual(["b.example.com", "a-1.vercel.app", "a.example.com"]);
  });

  it("takes jobs from its own machine alone until somebody says who may start them, or how many", () => {
    expect(settingsOf(RUNPOD).localOnly).toBe(true);
    expect(settingsOf({ ...RUNPOD, ALLOWED_HOSTS: "page.localhost" }).localOnly).toBe(true);
    const others = { ...RUNPOD, ALLOWED_HOSTS: "page.example.com", TRUSTED_PROXIES: "1" };
    for (const said of [{ WEB_API_KEY: "first-key" }, { RATE_LIMIT_JOBS: "20" }, { ALLOW_ANYONE: "1" }]) {
      expect(settingsOf({ ...RUNPOD, ...said }).localOnly).toBe(false);
      expect(settingsOf({ ...others, ...said }).localOnly).toBe(false);
    }
  });

  it("knows the worker's engine where it is said, before any result", () => {
    expect(settingsOf({ WORKER_ENGINE: "silhouette" }).engine).toBe("silhouette");
    expect(settingsOf({}).engine).toBeNull();
    expect(contextOf({ WORKER_ENGINE: "silhouette" }).seen.engine).toBe("silhouette");
  });

  it("reads lists", () => {
    const settings = settingsOf({
      WEB_API_KEY: "first-key, second-key",
      ALLOWED_HOSTS: "page.example.com,198.51.100.4, [2001:db8::4]",
      ALLOWED_ORIGINS: "https://example.com,http://localhost:3001",
    });
    expect(settings.allowedHosts).toEqual(["page.example.com", "198.51.100.4", "[2001:db8::4]"]);
    expect(settings.apiKeys).toEqual(["first-key", "second-key"]);
    expect(settings.allowedOrigins).toEqual(["https://example.com", "http://localhost:3001"]);
  });
});

describe("what is wrong is told by name, value and what is allowed:", () => {
  it.each([
    [{ MAX_VIDEO_MB: "lots" }, 'MAX_VIDEO_MB="lots": a number from 0.001 to 5000'],
    [{ TRUSTED_PROXIES: "11" }, 'TRUSTED_PROXIES="11": a whole number from 0 to 10'],
    [{ RATE_LIMIT_JOBS: "0" }, 'RATE_LIMIT_JOBS="0": a whole number from 1 to 100000'],
    [
      { ALLOWED_ORIGINS: "https://example.com/" },
      'ALLOWED_ORIGINS="https://example.com/": origins such as https://example.com, with commas between',
    ],
    [
      { ALLOWED_HOSTS: "example.com:3000" },
      'ALLOWED_HOSTS="example.com:3000": hosts such as example.com, in small letters, without port, with commas between',
    ],
    [{ ALLOWED_HOSTS: "https://example.com" }, /^ALLOWED_HOSTS/],
    [{ ALLOWED_HOSTS: "Example.com" }, /^ALLOWED_HOSTS/],
    [{ ALLOWED_HOSTS: "example.com,*" }, /^ALLOWED_HOSTS/],
    [
      { RUNPOD_BASE_URL: "ftp://example.com" },
      'RUNPOD_BASE_URL="ftp://example.com": an address, http or https, without user, query and fragment',
    ],
    [
      { RUNPOD_ENDPOINT_ID: "../x", RUNPOD_API_KEY: "k" },
      'RUNPOD_ENDPOINT_ID="../x": letters, digits, _ and -, up to 64',
    ],
    [{ RUNPOD_API_KEY: "k" }, "RUNPOD_ENDPOINT_ID and RUNPOD_API_KEY: one of the two is missing"],
    [{ BUCKET_REGION: "eu-central-1" }, "BUCKET_REGION: BUCKET_NAME is missing"],
    [
      { ...BUCKET, BUCKET_ACCESS_KEY_ID: "id" },
      "BUCKET_ACCESS_KEY_ID and BUCKET_SECRET_ACCESS_KEY: one of the two is missing",
    ],
    [
      { ...BUCKET, BUCKET_ENDPOINT_URL: "https://s3api-eu-ro-1.runpod.io" },
      `BUCKET_ENDPOINT_URL="https://s3api-eu-ro-1.runpod.io": RunPod's S3 server has no presigned links; take another`,
    ],
    [
      { ...RUNPOD, ALLOWED_HOSTS: "page.example.com,localhost" },
      "WEB_API_KEY: the page is reached as page.example.com, and whoever reaches it could start jobs; set this or RATE_LIMIT_JOBS, or ALLOW_ANYONE=1",
    ],
    [{ ...RUNPOD, TRUSTED_PROXIES: "1" }, /^WEB_API_KEY: the page stands behind TRUSTED_PROXIES/],
    [{ ...RUNPOD, VERCEL_URL: "a-1.vercel.app" }, /^WEB_API_KEY: .*a-1\.vercel\.app/],
    [{ ALLOW_ANYONE: "yes" }, 'ALLOW_ANYONE="yes": 0 or 1'],
    [{ WORKER_ENGINE: "auto" }, 'WORKER_ENGINE="auto": actionmesh or silhouette'],
    [{ MAX_VIDEO_MB: "x", TRUSTED_PROXIES: "y" }, /MAX_VIDEO_MB.*\nTRUSTED_PROXIES/],
  ])("%o", (environ, message) => {
    const exact = typeof message === "string" ? new RegExp(`^${escaped(message)}$`) : message;
    expect(() => settingsOf(environ as Record<string, string>)).toThrow(exact);
  });

  it.each(["RUNPOD_API_KEY", "WEB_API_KEY", "BUCKET_SECRET_ACCESS_KEY"])("%s without its value", (name) => {
    const environ = { ...RUNPOD, ...BUCKET, ...KEYS, [name]: "no good" };
    expect(() => settingsOf(environ)).toThrow(new RegExp(`^${name}: [^"]+$`));
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
