import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { CHROMIUM } from "./test/programs.mjs";

/** Tests in a real browser: the built page, the local RunPod, the real worker with its silhouette engine. */
export default defineConfig({
  testDir: "e2e",
  outputDir: join(process.env.E2E_FOLDER ?? "", "test-results"), // two runs at once need two folders
  globalSetup: "./e2e/stack/setup.ts",
  workers: 1, // the jobs share one worker, and the tests that look at time want the machine for themselves
  retries: process.env.CI ? 1 : 0, // a test that passes only then is listed as flaky
  timeout: 300_000, // a slow machine takes minutes for a job; what is wrong ends sooner, by its own limits
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    launchOptions: { executablePath: CHROMIUM, args: swiftshader() },
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
  },
});

/** WebGL on a machine without a GPU. */
function swiftshader(): string[] {
  return ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
}
