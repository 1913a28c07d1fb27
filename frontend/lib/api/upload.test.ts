import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UploadTicket } from "./types";
import { put } from "./upload";

/** As much of XMLHttpRequest as an upload uses; e2e/lib.spec.ts has the real one. */
class FakeRequest {
  static outcomes: (number | "hangs")[] = [];
  static all: FakeRequest[] = [];
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onloadend = () => {};
  status = 0;
  sent: unknown[] = [];

  constructor() {
    FakeRequest.all.push(this);
  }

  open(...given: unknown[]) {
    this.sent.push(given.join(" "));
  }

  setRequestHeader(...given: unknown[]) {
    this.sent.push(given.join(": "));
  }

  send(file: Blob) {
    const outcome = FakeRequest.outcomes.shift();
    if (outcome === "hangs" || outcome === undefined) return;
    queueMicrotask(() => {
      this.upload.onprogress?.({ loaded: file.size / 2 });
      this.status = outcome;
      this.onloadend();
    });
  }

  abort() {
    this.status = 0;
    this.onloadend();
  }
}

const TICKET: UploadTicket = {
  url: "https://s3.example.com/a.mp4?signature=x",
  method: "PUT",
  headers: { "Content-Type": "video/mp4" },
  videoUrl: "https://s3.example.com/a.mp4",
};
const FILE = new Blob(["0123456789"]);
const pauses: number[] = [];

function upload(outcomes: (number | "hangs")[], signal?: AbortSignal, told: number[] = []) {
  FakeRequest.outcomes = outcomes;
  const pause = async (ms: number) => void pauses.push(ms);
  return put(TICKET, FILE, (percent) => told.push(percent), signal, pause);
}

beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  FakeRequest.all = [];
  pauses.length = 0;
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a file is put where the ticket says, and tells how far it is", async () => {
  const told: number[] = [];
  await upload([200], undefined, told);
  expect(FakeRequest.all[0]?.sent).toEqual([`PUT ${TICKET.url}`, "Content-Type: video/mp4"]);
  expect(told).toEqual([50]);
});

test("a lost connection and a bucket that fails are tried again", async () => {
  await upload([0, 503, 200]);
  expect(pauses).toEqual([1000, 4000]);
});

test("after the third time it is given up", async () => {
  await expect(upload([0, 0, 0])).rejects.toMatchObject({
    error: { code: "UPLOAD_FAILED", message: "The connection to the bucket was lost." },
  });
});

test("a bucket that refuses is not asked again", async () => {
  await expect(upload([403])).rejects.toMatchObject({ error: { code: "UPLOAD_FAILED" } });
  expect(FakeRequest.all).toHaveLength(1);
});

test("it can be stopped", async () => {
  const stop = new AbortController();
  const uploading = upload(["hangs"], stop.signal);
  stop.abort();
  await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
  await expect(upload([200], stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect(FakeRequest.all).toHaveLength(1);
});

test("an upload in which nothing moves for a minute is begun again", async () => {
  vi.useFakeTimers();
  const uploading = upload(["hangs", 200]);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(FakeRequest.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await uploading;
  expect(FakeRequest.all).toHaveLength(2);
});
