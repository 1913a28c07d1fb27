import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { contextOf, setContext } from "@/lib/server/context";
import { ownerToken } from "@/lib/server/owner";
import { caller } from "@/test/caller";
import { localRunPod, missingPython, missingS3, s3Server, skips } from "@/test/processes";
import { ROOT } from "@/test/programs.mjs";
import { json, standIn } from "@/test/standIn";

const START_MS = 120_000;
const JOB_MS = 180_000;

/** The sample's request: its video is a small MP4 in base64. */
const sample = () => JSON.parse(readFileSync(`${ROOT}test_input.json`, "utf8")).input;

vi.spyOn(console, "error").mockImplementation(() => {});
afterAll(() => setContext());

function use(url: string, variables: Record<string, string> = {}): void {
  const endpoint = { RUNPOD_BASE_URL: url, RUNPOD_ENDPOINT_ID: "local", RUNPOD_API_KEY: "local" };
  setContext(contextOf({ ...endpoint, ...variables }));
}

describe.skipIf(skips("the routes with the local RunPod", missingPython()))("with a real worker", () => {
  let runpod: Awaited<ReturnType<typeof localRunPod>>;
  beforeAll(async () => {
    runpod = await localRunPod();
    use(runpod.url);
  }, START_MS);
  afterEach(() => use(runpod.url));
  afterAll(() => runpod.stop());

  it("says what it can do", async () => {
    const { status, body } = await caller.health();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      uploads: "inline",
      maxInlineBytes: 7_000_000,
      needsKey: false,
      reachable: true,
    });
    expect(body.workers).toBeDefined();
    expect(body).not.toHaveProperty("engine");
  });

  it("runs a job from the queue over its stages to the result", { timeout: JOB_MS }, async () => {
    const { status, body } = await caller.submit({ ...sample(), seed: 7 });
    expect(status).toBe(200);
    const seen = await caller.follow(body.id);
    const last = seen.at(-1);
    expect(last).toMatchObject({
      id: body.id,
      status: "COMPLETED",
      result: { engine: "silhouette", seed: 7 },
    });
    expect(last?.result?.files.animated_mesh?.url).toMatch(/^data:model\/gltf-binary;base64,/);
    expect(last?.executionMs).toBeGreaterThan(0);
    const percents = seen.flatMap((view) => view.progress?.percent ?? []);
    expect(percents.length).toBeGreaterThan(0);
    expect(percents, runpod.output()).toEqual([...percents].sort((a, b) => a - b));
    expect((await caller.health()).body.engine).toBe("silhouette"); // which RunPod's own health does not tell
  });

  it("hands on the worker's own error", { timeout: JOB_MS }, async () => {
    const { body } = await caller.submit({
      video_base64: Buffer.from("this is no video").toString("base64"),
    });
    const last = (await caller.follow(body.id)).at(-1);
    expect(last).toMatchObject({ status: "FAILED", error: { code: "NOT_A_VIDEO" } });
    expect(last?.error?.message).not.toBe("");
    expect((await caller.cancel(body.id, body.owner)).body).toEqual(last); // it had ended
  });

  it("cancels a job", { timeout: JOB_MS }, async () => {
    const { body } = await caller.submit(sample());
    expect(await caller.cancel(body.id)).toMatchObject({
      status: 403,
      body: { error: { code: "NOT_OWNER" } },
    });
    expect((await caller.cancel(body.id, body.owner)).body).toEqual({ id: body.id, status: "CANCELLED" });
    expect((await caller.look(body.id)).body.status).toBe("CANCELLED");
    expect((await caller.cancel(body.id, body.owner)).body.status).toBe("CANCELLED");
  });

  it("knows no job that RunPod does not know", async () => {
    const owner = ownerToken("unknown-id", { runpod: { url: "", key: "local" } });
    for (const answer of [await caller.look("unknown-id"), await caller.cancel("unknown-id", owner)]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: "JOB_EXPIRED" } } });
    }
  });

  it("says that it has no access", async () => {
    use(runpod.url, { RUNPOD_API_KEY: "another" });
    expect(await caller.look("job-1")).toMatchObject({
      status: 503,
      body: { error: { code: "NOT_CONFIGURED" } },
    });
    const { body } = await caller.health();
    expect(body).toMatchObject({ reachable: false });
    expect(body).not.toHaveProperty("workers");
  });
});

describe.skipIf(skips("the routes with a bucket", missingS3()))(
  "with a real worker and a real bucket",
  () => {
    let bucket: Awaited<ReturnType<typeof s3Server>>;
    let runpod: Awaited<ReturnType<typeof localRunPod>>;
    beforeAll(async () => {
      bucket = await s3Server();
      runpod = await localRunPod({ ...bucket.variables, BUCKET_PRIVATE_LINKS: "true" }); // the server is on loopback
      use(runpod.url, bucket.variables);
    }, START_MS);
    afterAll(async () => {
      await runpod?.stop();
      await bucket?.stop();
    });

    it("runs a job on an uploaded video and links its files", { timeout: JOB_MS }, async () => {
      const { video_base64: encoded, ...rest } = sample();
      const video = Buffer.from(encoded, "base64");
      expect((await caller.health()).body.uploads).toBe("bucket");
      const { body: ticket } = await caller.upload({
        name: "fox.mp4",
        type: "video/mp4",
        bytes: video.length,
      });
      const { url, method, headers } = ticket;
      expect((await fetch(url, { method, headers, body: video })).status).toBe(200);
      const { body } = await caller.submit({ ...rest, video_url: ticket.videoUrl });
      const last = (await caller.follow(body.id)).at(-1);
      expect(last).toMatchObject({ status: "COMPLETED", result: { storage: "s3" } });
      const mesh = await fetch(last?.result?.files.animated_mesh?.url ?? "");
      expect(Buffer.from(await mesh.arrayBuffer()).toString("latin1", 0, 4)).toBe("glTF");
      const forgetful = await standIn((response, got) =>
        (got.path.endsWith("/health") ? json({ workers: {} }) : json({}, 404))(response, got),
      );
      use(forgetful.url, bucket.variables);
      const { body: found } = await caller.look(body.id);
      expect(found).toMatchObject({ id: body.id, status: "COMPLETED", result: { seed: last?.result?.seed } });
      const again = await fetch(found.result?.files.animated_mesh?.url ?? "");
      expect(Buffer.from(await again.arrayBuffer()).toString("latin1", 0, 4)).toBe("glTF");
      expect(await caller.look("another-job")).toMatchObject({ status: 404 });
      await forgetful.close();
    });
  },
);
