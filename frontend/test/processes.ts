import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { PYTHON, ROOT } from "./programs.mjs";

const START_MS = 60_000;
const STOP_MS = 10_000;

/** A program in a process group of its own. */
export interface Running {
  /** What it has printed so far, stdout and stderr. */
  output(): string;
  /** Its exit code, when it has ended; null where a signal ended it. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Why what needs the repository's Python cannot run; null where it can. */
export function missingPython(): string | null {
  return existsSync(PYTHON) ? null : "there is no .venv: `make .venv/dev` makes it";
}

/** The same for the S3 server. */
export function missingS3(): string | null {
  const reason = "juicefs is not in .venv: `make .venv/dev` puts it there";
  return missingPython() ?? (existsSync(`${ROOT}.venv/bin/juicefs`) ? null : reason);
}

/** Prints why tests are skipped, and says whether. */
export function skips(what: string, reason: string | null): boolean {
  if (reason !== null) console.warn(`skipped: ${what}: ${reason}`);
  return reason !== null;
}

/**
 * Starts a program and waits until it prints what is looked for.
 *
 * @returns it and the match
 * @throws Error with all that it has printed, if it ends or takes over a minute
 */
export async function start(
  command: string,
  args: string[],
  { ready, env = process.env, cwd = ROOT }: { ready: RegExp; env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<Running & { match: RegExpExecArray }> {
  const child = spawn(command, args, { cwd, env, detached: true });
  process.once("exit", () => child.exitCode === null && child.pid && kill(child.pid, "SIGTERM"));
  const ended = new Promise<number | null>((end) => child.once("exit", end));
  let output = "";
  const match = await new Promise<RegExpExecArray>((found, failed) => {
    const fail = () => failed(new Error(`${command} ${args.join(" ")} did not start:\n${output}`));
    const timer = setTimeout(fail, START_MS);
    child.once("error", fail).once("exit", fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        output += part;
        const hit = ready.exec(output);
        if (!hit) return;
        clearTimeout(timer);
        found(hit);
      });
    }
  }).catch(async (error) => {
    await stop(child);
    throw error;
  });
  return { match, output: () => output, ended, stop: () => stop(child) };
}

/** Ends a program and whatever it has started. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((end) => child.once("exit", end));
  const group = child.pid;
  kill(group, "SIGTERM");
  const timer = setTimeout(() => kill(group, "SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** Signals a process group, if it is still there. */
function kill(group: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-group, signal);
  } catch {} // it has ended
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The local RunPod with one real worker, whose key is "local"; its address goes into RUNPOD_BASE_URL. */
export async function localRunPod(env: Record<string, string> = {}): Promise<Running & { url: string }> {
  const args = ["-m", "local_runpod", "--port", "0"];
  const running = await start(PYTHON, args, {
    ready: /endpoint: (\S+\/v2)\/local/,
    env: { ...process.env, ...env },
  });
  return { ...running, url: running.match[1] as string };
}

/** A Python program that runs the tests' S3 server on its folder until its input ends. */
const S3_SERVER = `
import signal, sys, tempfile
from pathlib import Path
import boto3
from tests.storage.s3_server import KEY, SECRET, executable, s3_server
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
path = executable()
if path is None:
    sys.exit("juicefs is not installed")
with tempfile.TemporaryDirectory() as folder, s3_server(path, Path(folder)) as url:
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys).create_bucket(Bucket="videos")
    print("ready", url, KEY, SECRET, flush=True)
    sys.stdin.read()
`;

/** A real S3 server with a bucket "videos", as variables of the page's and the worker's settings. */
export async function s3Server(): Promise<Running & { variables: Record<string, string> }> {
  const running = await start(PYTHON, ["-c", S3_SERVER], { ready: /ready (\S+) (\S+) (\S+)/ });
  const [, url = "", id = "", secret = ""] = running.match;
  return {
    ...running,
    variables: {
      BUCKET_NAME: "videos",
      BUCKET_ENDPOINT_URL: url,
      BUCKET_ACCESS_KEY_ID: id,
      BUCKET_SECRET_ACCESS_KEY: secret,
    },
  };
}
