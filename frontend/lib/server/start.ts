import { type Context, context } from "./context";
import { log } from "./errors";
import { startWithHeaders } from "./headers";
import { notePeers } from "./peer";

/** Prepares the process; ends it, with the reasons on the log, where its settings are wrong. */
export function start(): void {
  try {
    log(described(context()));
  } catch (error) {
    log(`the settings are wrong:\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
  notePeers();
  startWithHeaders();
}

function described({ settings: { runpod, bucket, apiKeys, localOnly } }: Context): string {
  const parts = [
    runpod === null ? "no RunPod endpoint: examples and history alone" : "a RunPod endpoint",
    bucket?.keys ? "videos go to the bucket" : "videos ride in their jobs",
    apiKeys.length > 0
      ? "a key is asked for"
      : localOnly
        ? "jobs are taken from this machine alone"
        : "open to all who reach it",
  ];
  return parts.join("; ");
}
