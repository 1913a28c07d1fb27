import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base, expect, type Page } from "@playwright/test";
import { bundle } from "./bundle";

export { expect };

const PAGE = '<!doctype html><title>lib</title><script type="module" src="/harness.js"></script>';

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));

/** The sample: 48 frames of 512 × 384, 24 a second, in base64. */
export const SAMPLE: string = job.input.video_base64;

/** A test on a blank page that has `window.lib`, from a server of its own. */
export const test = base.extend<{ lib: Page }, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const files = await bundle();
      const server = createServer(({ url }, response) => {
        const code = files.get((url ?? "").slice(1));
        response.writeHead(url === "/" || code !== undefined ? 200 : 404, {
          "content-type": url === "/" ? "text/html" : "text/javascript",
        });
        response.end(url === "/" ? PAGE : code);
      });
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      server.closeAllConnections();
      server.close();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ site }, use) => use(site),
  lib: async ({ page }, use) => {
    await open(page);
    await use(page);
  },
});

/** Opens the page, or opens it anew. */
export async function open(page: Page): Promise<void> {
  await page.goto("/");
  await page.waitForFunction(() => "lib" in window);
}
