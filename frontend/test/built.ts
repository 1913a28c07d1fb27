import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, type Running, start } from "./processes";

const run = promisify(execFile);
const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const NEXT = "node_modules/next/dist/bin/next";

/** What a build does not need, or makes itself. */
const LEFT_OUT = /^(node_modules|\.next|\.env.*|e2e|test-results|playwright-report)$/;

/** The page's production build, made of a copy of this folder alone: nothing beside it is within reach. */
export interface Built {
  /** The copy, with `.next` in it. */
  folder: string;
  /** Starts it on a free port of loopback. */
  serve(env?: Record<string, string>): Promise<Running & { url: string }>;
  remove(): Promise<void>;
}

/**
 * Copies and builds.
 *
 * @param env variables at the time of the build
 * @throws Error with what `next build` printed, if it fails
 */
export async function build(env: Record<string, string>): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), "actionmesh-page-"));
  const remove = () => rm(folder, { recursive: true });
  try {
    const filter = (path: string) => !LEFT_OUT.test(relative(FRONTEND, path));
    await cp(FRONTEND, folder, { recursive: true, filter });
    await copyModules(folder);
    await run(process.execPath, [NEXT, "build"], { cwd: folder, env: environment(env) });
  } catch (error) {
    await remove();
    throw error instanceof Error && "stdout" in error
      ? new Error(`${error.message}\n${error.stdout}`)
      : error;
  }
  return { folder, serve: (own = {}) => serve(folder, own), remove };
}

/** Hard links where the disk is the same, since symbolic links out of the folder are refused. */
async function copyModules(folder: string): Promise<void> {
  const from = join(FRONTEND, "node_modules");
  await run("cp", ["-al", from, folder]).catch(async () => {
    await rm(join(folder, "node_modules"), { recursive: true, force: true });
    await run("cp", ["-a", from, folder]);
  });
}

async function serve(folder: string, own: Record<string, string>) {
  const port = await freePort();
  const args = [NEXT, "start", "--hostname", "127.0.0.1", "--port", String(port)];
  const running = await start(process.execPath, args, {
    ready: /Ready in/,
    env: environment(own),
    cwd: folder,
  });
  return { ...running, url: `http://127.0.0.1:${port}` };
}

/** Vitest says that this is a test, which Next would believe. */
export function environment(own: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? "", NEXT_TELEMETRY_DISABLED: "1", ...own, NODE_ENV: "production" };
}
