import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { PYTHON, ROOT } from "../../test/programs.mjs";
import { bundle, serve } from "./serve";

const EXAMPLE = join(ROOT, "frontend", "public", "examples", "fox");
const START_MS = 240_000;

/** The player's page with the sample, and its source video. */
export const SAMPLE = "?source=/sample/animated_mesh.glb&video=/clip.mp4&poster=/poster.webp";

/**
 * A test on the player's own page, which needs neither the site nor a RunPod. There are /sample/ and /quantized/,
 * made by the worker, and the example's files. What the console calls an error, or the policy refuses, fails a
 * test that does not name it in `allowed`.
 */
export const test = base.extend<{ allowed: RegExp[]; errors: string[] }, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "actionmesh-player-"));
      makeSample(folder, "sample", "standard", ["animated_mesh", "rig", "meshes"]);
      makeSample(folder, "quantized", "quantized", ["animated_mesh"]);
      await bundle(join(folder, "site"));
      const { url, end } = await serve([join(folder, "site"), folder, EXAMPLE]);
      await use(url);
      end();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: START_MS },
  ],
  baseURL: async ({ site }, use) => use(site),
  allowed: [[], { option: true }],
  errors: [
    async ({ page, allowed }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use(errors);
      expect(errors.filter((error) => !allowed.some((pattern) => pattern.test(error)))).toEqual([]);
    },
    { auto: true },
  ],
});

/** The sample's files, as the worker writes them. */
function makeSample(folder: string, id: string, profile: string, outputs: readonly string[]): void {
  const { input } = JSON.parse(readFileSync(join(ROOT, "test_input.json"), "utf8"));
  const job = join(folder, `${id}.json`);
  writeFileSync(job, JSON.stringify({ id, input: { ...input, outputs, animated_mesh_profile: profile } }));
  execFileSync(PYTHON, ["handler.py", "--test_input", job], {
    cwd: ROOT,
    env: { ...process.env, OUTPUT_DIR: folder, ENGINE: "silhouette" },
    stdio: "ignore",
  });
}

/** Opens the player, and waits for its mesh. */
export async function open(page: Page, query = SAMPLE): Promise<void> {
  await page.goto(`/${query}`);
  await expect(page.locator("[data-phase=ready]")).toBeVisible();
}

/** Opens it, and stops it at a key. */
export async function openAt(page: Page, key: number, query = SAMPLE): Promise<void> {
  await open(page, query);
  await seek(page, key);
}

/** Goes to a key by way of another: a slider that is there already would not tell. */
export async function seek(page: Page, key: number): Promise<void> {
  const slider = page.getByRole("slider", { name: "Frame" });
  await slider.fill(key === 0 ? "1" : "0");
  await slider.fill(String(key));
  await drawn(page);
}

/** Two pictures of the screen later everything asked for is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** What the mesh looks like now, as a short text to be held against itself. */
export async function picture(page: Page): Promise<string> {
  return createHash("sha1")
    .update(await page.locator("canvas").screenshot({ animations: "disabled" }))
    .digest("hex");
}

/** Waits until it looks like that; a machine without a GPU is in no hurry. */
export async function expectPicture(page: Page, expected: string): Promise<void> {
  await expect.poll(() => picture(page)).toBe(expected);
}

/** Waits until it looks otherwise, and gives what it looks like then. */
export async function expectOther(page: Page, before: string): Promise<string> {
  await expect.poll(() => picture(page)).not.toBe(before);
  return picture(page);
}

/** Waits until it no longer changes, and gives what it looks like then. */
export async function settled(page: Page): Promise<string> {
  let last = "";
  await expect
    .poll(async () => {
      const before = last;
      last = await picture(page);
      return last === before;
    })
    .toBe(true);
  return last;
}

/** The button of this very name. */
export function button(page: Page, name: string) {
  return page.getByRole("button", { name, exact: true });
}
