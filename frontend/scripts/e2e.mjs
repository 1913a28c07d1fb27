// The browser tests, or the reason why they are not run: node scripts/e2e.mjs [Playwright's arguments]
// They need Chromium and the repository's .venv for the worker.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHROMIUM, PYTHON } from "../test/programs.mjs";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const NEEDED = { Chromium: CHROMIUM, "the worker's .venv": PYTHON };

const missing = Object.entries(NEEDED).filter(([, path]) => !existsSync(path));
if (missing.length > 0) {
  console.log(
    `The browser tests are skipped, for want of ${missing.map(([name, path]) => `${name} (${path})`).join(", ")}.`,
  );
  process.exit(0);
}
const run = spawnSync("npx", ["playwright", "test", ...process.argv.slice(2)], {
  cwd: FRONTEND,
  stdio: "inherit",
});
process.exit(run.status ?? 1);
