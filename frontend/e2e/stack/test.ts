import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import type { JobView } from "@/lib/api/types";
import { fail } from "./front";

export { expect };

const ASK_MS = 100; // between two questions how a job stands
/** Until the page shows what its server knows: it asks every 8 s at least, and loads the player. */
export const SHOWN_MS = 60_000;

/** Everything that a page asked of others, threw, or had refused; a test ends with none of it. */
interface Faults {
  foreign: string[];
  errors: string[];
}

/** A test in a page that may fail in no way that the test does not name in `allowed`. */
export const test = base.extend<{ allowed: RegExp[]; watched: Faults }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  baseURL: async ({}, use) => use(process.env.E2E_PAGE ?? ""),
  allowed: [[], { option: true }],
  watched: [
    async ({ page, baseURL, allowed }, use) => {
      const faults: Faults = { foreign: [], errors: [] };
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith("http") && url.origin !== baseURL) faults.foreign.push(request.url());
      });
      page.on("pageerror", (error) => faults.errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.errors.push(`${message.text()} ${message.location().url}`);
      });
      await use(faults);
      await fail([]);
      expect(faults.foreign).toEqual([]);
      expect(faults.errors.filter((error) => !allowed.some((pattern) => pattern.test(error)))).toEqual([]);
    },
    { auto: true },
  ],
});

/** A clip's path. */
export function clip(name: string): string {
  return join(process.env.E2E_CLIPS ?? "", name);
}

/** Fails if axe finds anything wrong with what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual(
    [],
  );
}

/** Fails if the page is wider than the window. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider).toBeLessThanOrEqual(0);
}

/** Fails if anything that can be pressed, but a link within a sentence, is less than 44 px high, where fingers press. */
export async function expectTouchable(page: Page): Promise<void> {
  const small = await page.evaluate(() => {
    const shown = [...document.querySelectorAll("button, a:not(p a), input, select, summary")].filter(
      (element) => element.checkVisibility({ opacityProperty: false, visibilityProperty: true }),
    );
    const high = (element: Element | null) => element?.getBoundingClientRect().height ?? 0;
    /** What is pressed: a checkbox by its label, a link by the card that it covers. */
    const pressed = (element: Element) => {
      const cover = getComputedStyle(element, "::after");
      const card = cover.position === "absolute" ? element.closest("li, article") : null;
      return Math.max(high(element), high(element.closest("label")), high(card));
    };
    return shown
      .filter((element) => high(element) > 1 && pressed(element) < 43.5) // 1: for screen readers alone
      .map((element) => `${pressed(element)} px: ${element.outerHTML.slice(0, 120)}`);
  });
  expect(small).toEqual([]);
}

/** The result's preview plays where it is. */
export async function expectPreview(page: Page): Promise<void> {
  const preview = page.getByLabel("Preview video", { exact: true });
  await preview.evaluate((video: HTMLVideoElement) => video.play());
  await expect
    .poll(() => preview.evaluate((video: HTMLVideoElement) => video.currentTime > 0 && video.videoWidth))
    .toBe(1024);
}

/**
 * The page does not learn the worker's engine from the server, which has it of whatever job came before: with the one
 * here there are no qualities, and fewer settings.
 */
export async function forgetEngine(page: Page): Promise<void> {
  await page.route("**/api/health", async (route) => {
    const told = await (await route.fetch()).json();
    await route.fulfill({ json: { ...told, engine: null } });
  });
}

/** Takes a clip into the studio. */
export async function choose(page: Page, name: string): Promise<void> {
  await page.goto("/");
  await page.locator("input[type=file]").setInputFiles(clip(name));
}

/**
 * Waits until the server says of a job what is wanted. How long that takes is the worker's affair: only the test's own
 * time ends it.
 *
 * @throws Error if the job has ended without it
 */
export async function told(
  page: Page,
  id: string,
  wanted: (view: JobView) => boolean = ({ status }) => status === "COMPLETED",
): Promise<JobView> {
  for (;;) {
    const view: JobView = await (await page.request.get(`/api/jobs/${id}`)).json();
    if (wanted(view)) return view;
    if (!["IN_QUEUE", "IN_PROGRESS"].includes(view.status)) {
      throw new Error(`the job has ended, ${view.status}, before that was told`);
    }
    await sleep(ASK_MS);
  }
}

/** Waits for the result of the job that the page shows. */
export async function done(page: Page): Promise<JobView> {
  await page.waitForURL(/\/jobs\/[\w-]+$/);
  const view = await told(page, page.url().split("/").at(-1) ?? "");
  await expect(page.getByRole("heading", { name: "Files" })).toBeVisible({ timeout: SHOWN_MS });
  return view;
}

/** The job that is started next, once it has ended. */
export async function nextJob(page: Page): Promise<JobView> {
  const answer = await page.waitForResponse((response) => response.url().endsWith("/api/jobs"));
  return told(page, (await answer.json()).id);
}

/** Sends the clip that is in the studio off, and gives its job's id. */
export async function submit(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Make the mesh" }).click();
  await page.waitForURL(/\/jobs\/[\w-]+$/);
  return page.url().split("/").at(-1) ?? "";
}
