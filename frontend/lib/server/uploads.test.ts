import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingS3, s3Server, skips } from "@/test/processes";
import { settingsOf } from "./settings";
import { ticketFor } from "./uploads";

const ASKED = { name: "clip.mp4", type: "video/mp4", bytes: 5 };
const BUCKET = settingsOf({
  BUCKET_NAME: "videos",
  BUCKET_ENDPOINT_URL: "https://s3.example.com",
  BUCKET_PREFIX: "web/",
  BUCKET_ACCESS_KEY_ID: "id",
  BUCKET_SECRET_ACCESS_KEY: "the-secret",
  MAX_VIDEO_MB: "100",
});

describe("ticketFor", () => {
  it("gives two links to one new object", async () => {
    const ticket = await ticketFor(ASKED, BUCKET);
    const [put, get] = [new URL(ticket.url), new URL(ticket.videoUrl)];
    expect(put.pathname).toMatch(/^\/videos\/web\/uploads\/[0-9a-f-]{36}\.mp4$/);
    expect(get.pathname).toBe(put.pathname);
    expect(ticket).toMatchObject({ method: "PUT", headers: { "Content-Type": "video/mp4" } });
    expect(put.searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host");
    expect(put.searchParams.get("X-Amz-Expires")).toBe("3600");
    expect(Number(get.searchParams.get("X-Amz-Expires"))).toBeGreaterThan(24 * 3600);
    expect(JSON.stringify(ticket)).not.toContain("the-secret");
    expect((await ticketFor(ASKED, BUCKET)).url).not.toContain(put.pathname);
  });

  it.each([
    ["clip.MOV", "", "mov", "video/quicktime"],
    ["clip.webm", "application/octet-stream", "webm", "video/webm"],
    ["../../x.exe", "video/mp4; codecs=avc1", "mp4", "video/mp4"],
  ])("knows the type of %s, %j", async (name, type, end, expected) => {
    const ticket = await ticketFor({ name, type, bytes: 5 }, BUCKET);
    expect(new URL(ticket.url).pathname).toMatch(new RegExp(`^/videos/web/uploads/[0-9a-f-]{36}\\.${end}$`));
    expect(ticket.headers["Content-Type"]).toBe(expected);
  });

  it.each([
    [{ ...ASKED, bytes: 140_000_000 }, 413, "TOO_LARGE", "This file is 140 MB; the limit is 100 MB."],
    [{ ...ASKED, bytes: 0 }, 400, "EMPTY_INPUT", "The video is empty."],
    [{ ...ASKED, type: "text/html" }, 415, "NOT_A_VIDEO", "Send an MP4, MOV, WebM or MKV file."],
    [{ ...ASKED, type: "", name: "clip.exe" }, 415, "NOT_A_VIDEO", "Send an MP4, MOV, WebM or MKV file."],
    [{ ...ASKED, type: "constructor" }, 415, "NOT_A_VIDEO", "Send an MP4, MOV, WebM or MKV file."],
    [{ ...ASKED, key: "a" }, 400, "INVALID_INPUT", "Send the video's name, type and bytes."],
    [null, 400, "INVALID_INPUT", "Send the video's name, type and bytes."],
  ])("refuses %o", async (asked, status, code, message) => {
    await expect(ticketFor(asked, BUCKET)).rejects.toMatchObject({ status, error: { code, message } });
  });

  it("says where there is no bucket to write to", async () => {
    for (const environ of [{}, { BUCKET_NAME: "videos" }]) {
      const refused = expect(ticketFor(ASKED, settingsOf(environ))).rejects;
      await refused.toMatchObject({ status: 409, error: { code: "NO_BUCKET" } });
    }
  });
});

describe.skipIf(skips("uploads to a real S3 server", missingS3()))("a real S3 server", () => {
  let server: Awaited<ReturnType<typeof s3Server>>;
  beforeAll(async () => {
    server = await s3Server();
  }, 60_000);
  afterAll(() => server.stop());

  const put = async (body: string, change: (url: URL) => URL = (url) => url, headers = {}) => {
    const ticket = await ticketFor(ASKED, settingsOf(server.variables));
    const { method } = ticket;
    const url = change(new URL(ticket.url));
    const response = await fetch(url, { method, body, headers: { ...ticket.headers, ...headers } });
    await response.text();
    return { ticket, status: response.status };
  };

  it("takes the video and gives it back", async () => {
    const { ticket, status } = await put("12345");
    expect(status).toBe(200);
    const response = await fetch(ticket.videoUrl);
    expect([response.headers.get("content-type"), await response.text()]).toEqual(["video/mp4", "12345"]);
  });

  it("takes no other size, type, key or method", async () => {
    expect((await put("123456")).status).toBe(403);
    expect((await put("12345", undefined, { "Content-Type": "text/html" })).status).toBe(403);
    const elsewhere = (url: URL) => new URL(url.href.replace("/uploads/", "/others/"));
    expect((await put("12345", elsewhere)).status).toBe(403);
    const { ticket } = await put("12345");
    expect((await fetch(ticket.videoUrl, { method: "PUT", body: "other" })).status).toBe(403);
    expect((await fetch(ticket.url)).ok).toBe(false);
  });
});
