import { execFileSync } from "node:child_process";
import { fail } from "./stack/front";
import { choose, done, expect, expectAccessible, submit, test } from "./stack/test";

/** What a browser logs of answers that are meant here. */
const REFUSED = [/Failed to load resource/];

test.describe("files that are not taken, said at once", () => {
  const CASES = [
    { name: "short.mp4", words: "This video has 10 frames; at least 16 are needed." },
    { name: "text.mp4", words: "This file is not a readable video." },
    { name: "torn.mp4", words: "The end of this video is missing." },
    { name: "blank.mp4", words: "The pictures of this video cannot be decoded." },
  ];
  for (const { name, words } of CASES) {
    test(name, async ({ page }) => {
      await choose(page, name);
      await expect(page.getByRole("alert").getByText(words)).toBeVisible();
      await expectAccessible(page);
    });
  }
});

test.describe("too many requests", () => {
  test.use({ allowed: REFUSED });
  test("are said, with the time to wait", async ({ page }) => {
    await choose(page, "fox.mp4");
    await fail([{ path: "/run", status: 429, headers: { "retry-after": "7" } }]);
    await page.getByRole("button", { name: "Make the mesh" }).click();
    await expect(page.getByRole("alert").getByText("Too many requests. Try again in 7 s.")).toBeVisible();
    await expectAccessible(page);
    await fail([]);
    await submit(page);
  });
});

test.describe("a network that goes", () => {
  test.use({ allowed: REFUSED });
  test("and comes back does not hurt a job", async ({ page, context }) => {
    await choose(page, "fox.mp4");
    await submit(page);
    await context.setOffline(true);
    await expect(page.getByText("The connection is lost")).toBeVisible({ timeout: 60_000 });
    await expectAccessible(page);
    await context.setOffline(false);
    await done(page);
  });
});

test.describe("a worker that dies", () => {
  test("is replaced, and the job goes on", async ({ page }) => {
    await choose(page, "fox.mp4");
    await submit(page);
    await expect(page.getByText("Finding the subject").first()).toBeVisible({ timeout: 30_000 });
    const workers = execFileSync("pgrep", ["-P", process.env.E2E_RUNPOD_PID ?? ""], { encoding: "utf8" });
    for (const pid of workers.trim().split("\n")) process.kill(Number(pid), "SIGKILL");
    await expect(page.getByText("Waiting for another worker")).toBeVisible({ timeout: 30_000 });
    await done(page);
  });
});

test.describe("no worker at all", () => {
  test.use({ allowed: REFUSED });
  test("is said before anything is sent", async ({ page }) => {
    await fail([{ path: "/health", status: 500 }]);
    await page.goto("/");
    await expect(page.getByText("No worker answers")).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("jobs that have ended otherwise", () => {
  test.use({ allowed: REFUSED });

  test("expired", async ({ page }) => {
    await page.goto("/jobs/00000000-0000-0000-0000-000000000000-u1");
    await expect(page.getByRole("heading", { name: "This job is no longer kept" })).toBeVisible();
    await expectAccessible(page);
  });

  test("failed, with what to do", async ({ page }) => {
    await page.route("**/api/jobs/failed-1", (route) =>
      route.fulfill({
        json: {
          id: "failed-1",
          status: "FAILED",
          error: { code: "SUBJECT_NOT_FOUND", message: "Nothing stands out." },
        },
      }),
    );
    await page.goto("/jobs/failed-1");
    await expect(page.getByRole("heading", { name: "No subject was found" })).toBeVisible();
    await expect(page.getByText("SUBJECT_NOT_FOUND")).toBeVisible();
    await expectAccessible(page);
  });

  test("timed out", async ({ page }) => {
    await page.route("**/api/jobs/late-1", (route) =>
      route.fulfill({ json: { id: "late-1", status: "TIMED_OUT" } }),
    );
    await page.goto("/jobs/late-1");
    await expect(page.getByRole("heading", { name: "The job ran past its time limit" })).toBeVisible();
    await expectAccessible(page);
  });

  test("waiting for a worker that has to start", async ({ page }) => {
    await page.clock.install();
    await page.route("**/api/jobs/cold-1", (route) =>
      route.fulfill({ json: { id: "cold-1", status: "IN_QUEUE" } }),
    );
    await page.goto("/jobs/cold-1");
    await expect(page.getByText("Waiting for a worker")).toBeVisible();
    await expect(async () => {
      await page.clock.runFor(25_000); // again, should the page not have set its timer yet
      await expect(page.getByText("A worker is starting")).toBeVisible({ timeout: 1000 });
    }).toPass();
  });
});
