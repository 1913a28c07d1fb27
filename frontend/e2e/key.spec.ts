import { join } from "node:path";
import type { Started } from "./stack/processes";
import { startPage } from "./stack/stack";
import { clip, expect, expectAccessible, test } from "./stack/test";

const KEY = "a-key-of-the-operator";

test.describe("where the operator asks for a key", () => {
  const started: Started[] = [];
  let url = "";

  test.beforeAll(async () => {
    const { E2E_FOLDER: folder = "/tmp", E2E_FRONT: front = "" } = process.env;
    url = await startPage(join(folder), started, front, { WEB_API_KEY: KEY });
  });
  test.afterAll(async () => {
    await Promise.all(started.map((process) => process.stop()));
  });

  test("a job needs it, a wrong one is told, the right one is sent", async ({ browser }) => {
    const context = await browser.newContext({ baseURL: url });
    const page = await context.newPage();
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(clip("fox.mp4"));
    await expect(page.getByText("Type the access key first.")).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("Access key").fill("a-wrong-key");
    await page.getByRole("button", { name: "Make the mesh" }).click();
    await expect(page.getByRole("alert").getByText("This access key is not right.")).toBeVisible();
    await page.getByLabel("Access key").fill(KEY);
    await page.getByRole("button", { name: "Make the mesh" }).click();
    await page.waitForURL(/\/jobs\//);
    const tab = await context.newPage(); // has no key yet
    await tab.goto(page.url());
    await tab.getByRole("button", { name: "Cancel the job" }).click();
    await tab.getByLabel("Access key").fill(KEY);
    await expectAccessible(tab);
    await tab.getByRole("button", { name: "Cancel the job" }).click();
    await expect(tab.getByRole("heading", { name: "Cancelled" })).toBeVisible({ timeout: 30_000 });
    await context.close();
  });
});
