import { describe, expect, it } from "vitest";
import { originsOf, serverOf } from "./bucket";

// The bucket is "results" in all of them.
const FORMS: Record<string, string[]> = {
  "https://s3.us-west-2.amazonaws.com": [
    "https://s3.us-west-2.amazonaws.com/",
    "https://results.s3.us-west-2.amazonaws.com",
    "https://s3.us-west-2.amazonaws.com/results/",
  ],
  "https://0a1b2c.r2.cloudflarestorage.com": [
    "https://results.0a1b2c.r2.cloudflarestorage.com",
    "https://0A1B2C.r2.cloudflarestorage.com/results",
  ],
  "http://127.0.0.1:9000": ["http://127.0.0.1:9000/results/", "http://127.0.0.1:9000"],
  "http://[::1]:9000": ["http://[::1]:9000/results"],
  "https://minio.example.com:9000": ["https://results.minio.example.com:9000"],
  "https://example.com/s3": ["https://example.com/s3/results/", "https://example.com/s3/"],
  "https://results.example.com": ["https://results.example.com/results"],
};

describe("serverOf", () => {
  it.each(Object.entries(FORMS).flatMap(([url, forms]) => forms.map((form) => [form, url])))(
    "%s is %s",
    (form, url) => {
      expect(serverOf(form ?? "", "results").url).toBe(url);
    },
  );

  it.each([
    ["s3.us-west-2.amazonaws.com", "us-west-2"],
    ["s3.dualstack.us-gov-east-1.amazonaws.com", "us-gov-east-1"],
    ["s3.us-west-004.backblazeb2.com", "us-west-004"],
    ["fra1.digitaloceanspaces.com", "fra1"],
    ["0a1b2c.eu.r2.cloudflarestorage.com", "auto"],
    ["storage.googleapis.com", "auto"],
    ["s3.us-west-2.amazonaws.com.example.com", null],
    ["127.0.0.1", null],
  ])("%s is in %s", (host, region) => {
    expect(serverOf(`https://${host}`, "results").region).toBe(region);
  });

  it.each([
    ["https://storage.googleapis.com", "storage"],
    ["https://fra1.digitaloceanspaces.com", "fra1"],
    ["http://127.0.0.1:9000", "127"],
  ])("%s does not begin with the bucket %s", (url, bucket) => {
    expect(serverOf(url, bucket).url).toBe(url);
  });

  it("knows the server that has no presigned links", () => {
    expect(serverOf("https://s3api-eu-ro-1.runpod.io", "results").presigns).toBe(false);
    expect(serverOf("https://s3.us-west-2.amazonaws.com", "results").presigns).toBe(true);
  });
});

describe("originsOf", () => {
  it("names the server's and the bucket's own", () => {
    expect(originsOf("https://s3.us-west-2.amazonaws.com", "results")).toEqual([
      "https://s3.us-west-2.amazonaws.com",
      "https://results.s3.us-west-2.amazonaws.com",
    ]);
  });

  it.each(["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"])("%s alone", (url) => {
    expect(originsOf(url, "results")).toEqual([url]);
  });
});
