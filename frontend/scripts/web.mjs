// The page, a local RunPod and a worker with one command: node scripts/web.mjs [--port N] [--worker FOLDER]
// Builds the page if its sources are newer than its build, prints where to open it, and ends all of it on Ctrl-C.
// --port is the page's (3000, or a free one if that is taken); --worker is the repository, whose .venv runs the
// worker. BUCKET_* and the page's other variables hold for both.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const NEXT = join(FRONTEND, "node_modules/next/dist/bin/next");
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "next.config.ts",
  "package-lock.json",
  "proxy.ts",
];
const HOST = "127.0.0.1"; // this machine alone
const STOP_MS = 10_000;

/** @typedef {{ name: string, child: import("node:child_process").ChildProcess, ended: Promise<void> }} Part */

/** @type {Part[]} */
const parts = [];
let stopping = false;

/**
 * When anything in a file or folder was changed last.
 *
 * @param {string} path
 * @returns {number} milliseconds
 */
function changedAt(path) {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

/** Builds the page, unless its build is newer than all of its sources. */
function buildIfNeeded() {
  const built = changedAt(join(FRONTEND, ".next/BUILD_ID"));
  if (built > Math.max(...SOURCES.map((name) => changedAt(join(FRONTEND, name))))) return;
  console.log("web: building the page");
  const { status } = spawnSync(process.execPath, [NEXT, "build"], { cwd: FRONTEND, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * A port to listen on.
 *
 * @param {number} wanted 0 for any
 * @returns {Promise<number>} the one wanted, or a free one if it is taken
 */
function portFor(wanted) {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", () => (wanted === 0 ? failed(new Error("no free port")) : found(portFor(0))));
    server.listen(wanted, HOST, () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => found(address.port));
    });
  });
}

/**
 * Starts a program in a process group of its own, its lines on this one's stderr with its name before them.
 *
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, ready: RegExp }} options ready is what it prints when it is
 * @returns {Promise<RegExpExecArray>} the match of ready; never, if the program ends before
 */
function start(name, command, args, { cwd, env, ready }) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((end) => child.once("exit", end).once("error", end)).then((code) => {
    if (!stopping) console.error(`web: the ${name} has ended (${code})`);
    void stopAll(1);
  });
  parts.push({ name, child, ended });
  return new Promise((found) => {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.on("data", (part) => {
        const lines = (rest + part).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          console.error(`${name}: ${line}`);
          const match = ready.exec(line);
          if (match) found(match);
        }
      });
    }
  });
}

/**
 * Ends all that was started, then this program.
 *
 * @param {number} code its exit code
 */
async function stopAll(code) {
  if (stopping) return;
  stopping = true;
  for (const { child } of parts) signal(child, "SIGTERM");
  const timer = setTimeout(() => {
    for (const { child } of parts) signal(child, "SIGKILL");
  }, STOP_MS);
  await Promise.all(parts.map(({ ended }) => ended));
  clearTimeout(timer);
  process.exit(code);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {"SIGTERM" | "SIGKILL"} name
 */
function signal({ pid, exitCode, signalCode }, name) {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, name);
  } catch {} // it has just ended
}

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "3000" },
    worker: { type: "string", default: join(FRONTEND, "..") },
  },
});
const worker = resolve(values.worker);
const python = join(worker, ".venv/bin/python");
if (!existsSync(python)) {
  console.error(`web: ${python} is missing; \`make web\` makes it`);
  process.exit(2);
}
for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  process.on(name, () => void stopAll(0));
buildIfNeeded();

const key = randomBytes(16).toString("hex"); // of this run: nothing else on the machine can use the worker
const runpodPort = String(await portFor(8000));
const [, url] = await start("worker", python, ["-m", "local_runpod", "--port", runpodPort], {
  cwd: worker,
  env: { ...process.env, RUNPOD_API_KEY: key },
  ready: /endpoint: (\S+)\/local/,
});
const engine = process.env.ENGINE || "silhouette"; // as local_runpod has it
const port = await portFor(Number(values.port));
await start("page", process.execPath, [NEXT, "start", "--hostname", HOST, "--port", String(port)], {
  cwd: FRONTEND,
  env: {
    ...process.env,
    RUNPOD_BASE_URL: url,
    RUNPOD_ENDPOINT_ID: "local",
    RUNPOD_API_KEY: key,
    ...(engine !== "auto" && { WORKER_ENGINE: engine }),
  },
  ready: /Ready in/,
});
console.log(`\n  Open http://${HOST}:${port}   (Ctrl-C ends it)\n`);
