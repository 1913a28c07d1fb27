import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/processes";
import { PYTHON } from "../../test/programs.mjs";
import { front } from "./front";
import type { Started } from "./processes";
import { FRONTEND, startPage, startRunPod } from "./stack";

const CLIPS = fileURLToPath(new URL("clips.py", import.meta.url));

/**
 * Builds the page unless E2E_NO_BUILD is set, and starts the local RunPod with its worker, the proxy that fails on
 * purpose, and the page. E2E_PAGE, E2E_FRONT, E2E_RUNPOD_PID, E2E_CLIPS and E2E_FOLDER tell the tests where they
 * are.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = process.env.E2E_FOLDER ?? mkdtempSync(join(tmpdir(), "actionmesh-e2e-"));
  mkdirSync(folder, { recursive: true });
  if (!process.env.E2E_NO_BUILD) {
    execFileSync("npx", ["next", "build"], { cwd: FRONTEND, stdio: "inherit" });
  }
  const clips = join(folder, "clips");
  if (!existsSync(join(clips, "hevc.mov"))) execFileSync(PYTHON, [CLIPS, clips]);
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
