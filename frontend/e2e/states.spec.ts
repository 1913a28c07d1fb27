import { mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { fail } from "./stack/front";
import {
  choose,
  done,
  expect,
  expectAccessible,
  expectNoOverflow,
  expectTouchable,
  forgetEngine,
  submit,
  test,
} from "./stack/test";

/** A folder for a picture of every state, for people to look at; none without it. */
const PICTURES = process.env.E2E_PICTURES;

/** Each width and each theme once: no rule of the styles asks for both. */
const LOOKS = [
  { look: "light", width: 1280, colorScheme: "light" },
  { look: "phone-dark", width: 375, colorScheme: "dark" },
] as const;

/** Jobs as the server tells of them, for states that the worker does not come to by itself. */
const TOLD = {
  failed: { status: "FAILED", error: { code: "SUBJECT_NOT_FOUND", message: "Nothing stands out." } },
  timedout: { status: "TIMED_OUT" },
  queued: { status: "IN_QUEUE" },
  cancelled: { status: "CANCELLED" },
  stage: {
    status: "IN_PROGRESS",
    progress: { stage: "stage_1", index: 12, of: 30, percent: 57.3, etaS: 140 },
  },
};

for (const { look, width, colorScheme } of LOOKS) {
  test.describe(look, () => {
    test.use({
      viewport: { width, height: width < 500 ? 812 : 800 },
      colorScheme,
      hasTouch: width < 500,
      isMobile: width < 500,
      allowed: [/Failed to load resource/],
    });

    /** Looks at what is shown: nothing for axe to find, nothing wider than the window. */
    async function check(page: Page, state: string): Promise<void> {
      await expectAccessible(page);
      await expectNoOverflow(page);
      if (width < 500) await expectTouchable(page);
      if (PICTURES === undefined) return;
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: `${PICTURES}/${state}-${look}.png`, fullPage: true });
    }

    test("every state of a job's making is accessible and fits", async ({ page }) => {
      await forgetEngine(page);
      await choose(page, "text.mp4");
      await page.getByText("This file is not a readable video.").waitFor();
      await check(page, "02-refused");
      await choose(page, "fox.mp4");
      await page.locator("img").nth(11).waitFor();
      await check(page, "03-editor");
      await page.getByText("Advanced settings").click();
      await page.getByText("Doing it again").click();
      await page.getByLabel("Seed").fill("many");
      await page.getByLabel("Seed").blur();
      await check(page, "04-advanced");
      await page.getByRole("button", { name: "Back to the defaults" }).click();
      await page.getByText("Advanced settings").click();
      await page.getByText("Points", { exact: true }).click();
      const video = page.getByLabel("Your video");
      await video.click({ position: { x: 40, y: 40 }, force: true });
      await page.getByText("Remove the point").waitFor();
      await check(page, "05-points");
      await page.getByText("Box", { exact: true }).click();
      await video.scrollIntoViewIfNeeded();
      const bounds = await video.boundingBox();
      if (bounds === null) throw new Error("no video is shown");
      await page.mouse.move(bounds.x + 40, bounds.y + 40);
      await page.mouse.down();
      await page.mouse.move(bounds.x + 160, bounds.y + 140, { steps: 4 });
      await page.mouse.up();
      await page.getByText("Remove the box").waitFor();
      await check(page, "06-box");
      await page.getByRole("slider", { name: "Start of the part" }).fill("0.3");
      await page.getByText("The part begins with another frame now", { exact: true }).waitFor();
      await check(page, "06-moved");
      await page.getByText("Automatic", { exact: true }).click();
      await page.getByText("More", { exact: true }).click();
      await check(page, "06-more");
      await page.getByRole("radio", { name: "16", exact: true }).check({ force: true });
      await page.getByRole("button", { name: "Check the subject first" }).click();
      await page.getByRole("heading", { name: "Is this the subject?" }).waitFor({ timeout: 60_000 });
      await check(page, "06-checked");
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await submit(page);
      await page.getByText("Finding the subject").first().waitFor({ timeout: 60_000 });
      await check(page, "07-running");
      await done(page);
      await page.locator("canvas").waitFor({ timeout: 60_000 });
      await page.waitForTimeout(2000); // for the mesh to be there
      for (const note of ["Blender", "three.js", "Unity"]) {
        await page.getByText(note, { exact: true }).click();
      }
      await check(page, "08-done");
      await page.getByRole("button", { name: "Look", exact: true }).click();
      await check(page, "08-look");
      await page.getByRole("button", { name: "Save as", exact: true }).click();
      await check(page, "08-save");
      await page.goto("/");
      await page.locator("section img").waitFor();
      await check(page, "09-history");
    });

    test("a video that the browser cannot show is no dead end, accessible and fits", async ({ page }) => {
      await page.goto("/");
      const shows = await page.evaluate(() =>
        document.createElement("video").canPlayType('video/mp4; codecs="hvc1.1.6.L93.B0"'),
      );
      test.skip(shows !== "", "this browser shows HEVC");
      await choose(page, "hevc.mov");
      await page.getByText("This browser cannot show this video.").waitFor();
      await expect(page.getByText("The video cannot be seen here")).toBeVisible();
      await expect(page.getByLabel("Box", { exact: true })).toHaveCount(0);
      await check(page, "15-unplayable");
      await submit(page);
      await page.getByText("The mesh will be shown here.").waitFor();
      await page.getByRole("button", { name: "Cancel the job" }).click();
      await page.getByRole("heading", { name: "Cancelled" }).waitFor({ timeout: 30_000 });
    });

    test("every other state is accessible and fits", async ({ page }) => {
      await page.goto("/");
      await page.waitForTimeout(1000);
      await check(page, "01-first");
      await page.goto("/examples");
      await check(page, "10-examples");
      await page.goto("/examples/fox");
      await page.locator("canvas").waitFor({ timeout: 60_000 });
      await page.waitForTimeout(2000);
      await check(page, "10-examples-fox");
      await page.goto("/jobs/00000000-0000-0000-0000-000000000000-u1");
      await page.getByRole("heading", { name: "This job is no longer kept" }).waitFor();
      await check(page, "11-expired");
      for (const [name, told] of Object.entries(TOLD)) {
        await page.route(`**/api/jobs/${name}`, (route) => route.fulfill({ json: { id: name, ...told } }));
        await page.goto(`/jobs/${name}`);
        await page
          .getByText(/Failed|Timed out|Cancelled|Waiting|In progress/)
          .first()
          .waitFor();
        await check(page, `12-${name}`);
      }
      await page.goto("/nowhere");
      await check(page, "13-nowhere");
      await fail([{ path: "/health", status: 500 }]);
      await page.goto("/");
      await page.getByText("No worker answers").waitFor();
      await check(page, "14-no-worker");
    });
  });
}
