import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../test/processes";
import { PYTHON, ROOT } from "../../test/programs.mjs";
import { answers, type Started, start } from "./processes";

const HERE = fileURLToPath(new URL(".", import.meta.url));
export const FRONTEND = join(HERE, "..", "..");
/** RunPod's key in these tests; the browser must never get it. */
export const KEY = "local-key-of-the-tests";

const START_MS = 60_000;

/** Starts a local RunPod with a worker of the silhouette engine; gives its API's address. */
export async function startRunPod(
  folder: string,
  started: Started[],
  environ: Record<string, string> = {},
): Promise<{ url: string; pid: number }> {
  const port = await freePort();
  const runpod = await start([PYTHON, "-m", "local_runpod", "--port", String(port)], {
    cwd: ROOT,
    env: {
      ...process.env,
      RUNPOD_API_KEY: KEY,
      ENGINE: "silhouette",
      JOBS_DIR: join(folder, "jobs"),
      ...environ,
    },
    log: join(folder, "runpod.log"),
  });
  started.push(runpod);
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/v2/local/health`, { authorization: `Bearer ${KEY}` }, START_MS);
  return { url, pid: runpod.pid };
}

/** Starts the built page before a RunPod; gives its address. */
export async function startPage(
  folder: string,
  started: Started[],
  runpod: string,
  environ: Record<string, string> = {},
  givenPort?: number,
): Promise<string> {
  const port = givenPort ?? (await freePort());
  const page = await start(
    ["node", "node_modules/next/dist/bin/next", "start", "--port", String(port), "--hostname", "127.0.0.1"],
    {
      cwd: FRONTEND,
      env: {
        ...process.env,
        RUNPOD_BASE_URL: `${runpod}/v2`,
        RUNPOD_ENDPOINT_ID: "local",
        RUNPOD_API_KEY: KEY,
        RATE_LIMIT_JOBS: "1000",
        RATE_LIMIT_READS: "100000",
        ...environ,
      },
      log: join(folder, "page.log"),
    },
  );
  started.push(page);
  const url = `http://127.0.0.1:${port}`;
  await answers(url, {}, START_MS);
  return url;
}
