import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { front } from "./front";
import { freePort, type Started } from "./processes";
import { FRONTEND, PYTHON, startPage, startRunPod } from "./stack";

const CLIPS = fileURLToPath(new URL("clips.py", import.meta.url));
const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Why the tests cannot run here; null if they can. */
function missing(): string | null {
  if (!existsSync(CHROMIUM)) return `no Chromium at ${CHROMIUM}; CHROMIUM_PATH names another place`;
  if (!existsSync(PYTHON)) return "no .venv; `make run` sets it up";
  return null;
}

/**
 * Builds the page unless E2E_NO_BUILD is set, and starts the local RunPod with its worker, the proxy that fails on
 * purpose, and the page. E2E_PAGE, E2E_FRONT, E2E_RUNPOD_PID, E2E_CLIPS and E2E_FOLDER tell the tests where they
 * are; E2E_SKIP tells why they are not.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const reason = missing();
  if (reason !== null) {
    console.log(`Browser tests are skipped: ${reason}.`);
    process.env.E2E_SKIP = reason;
    return undefined;
  }
  const folder = process.env.E2E_FOLDER ?? mkdtempSync(join(tmpdir(), "actionmesh-e2e-"));
  mkdirSync(folder, { recursive: true });
  if (!process.env.E2E_NO_BUILD) {
    execFileSync("npx", ["next", "build"], { cwd: FRONTEND, stdio: "inherit" });
  }
  const clips = join(folder, "clips");
  if (!existsSync(join(clips, "huge.mp4"))) execFileSync(PYTHON, [CLIPS, clips]);
  return startAll(folder, clips);
}

async function startAll(folder: string, clips: string): Promise<() => Promise<void>> {
  const started: Started[] = [];
  const stopAll = async () => {
    await Promise.all(started.map((process) => process.stop()));
  };
  try {
    const runpod = await startRunPod(folder, started);
    const port = await freePort();
    const proxy = front(runpod.url).listen(port, "127.0.0.1");
    const url = `http://127.0.0.1:${port}`;
    process.env.E2E_PAGE = await startPage(folder, started, url);
    process.env.E2E_FRONT = url;
    process.env.E2E_RUNPOD_PID = String(runpod.pid);
    process.env.E2E_CLIPS = clips;
    process.env.E2E_FOLDER = folder;
    return async () => {
      proxy.closeAllConnections();
      proxy.close();
      await stopAll();
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
