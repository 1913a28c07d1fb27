import { fileURLToPath } from "node:url";

/** The repository's root, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The worker's Python. */
export const PYTHON = `${ROOT}.venv/bin/python`;

/** The browser of the browser tests: CHROMIUM_PATH, else where Debian has it. */
export const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
