import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { stop } from "../../test/processes";

export interface Started {
  pid: number;
  /** Whether it has ended by itself. */
  ended: () => boolean;
  stop: () => Promise<void>;
}

/**
 * Starts a program in a process group of its own, with its output in a file.
 *
 * @throws if it cannot be started
 */
export async function start(
  command: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; log: string },
): Promise<Started> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("no program");
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(options.log);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} has no process id`);
  return { pid, ended: () => hasEnded(child), stop: () => stop(child) };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Waits until an address answers with a status below 500. */
export async function answers(url: string, headers: Record<string, string>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    const status = await fetch(url, { headers, signal: AbortSignal.timeout(5000) })
      .then((response) => response.status)
      .catch(() => 599);
    if (status < 500) return;
    if (Date.now() > end) throw new Error(`${url} does not answer`);
    await sleep(250);
  }
}
