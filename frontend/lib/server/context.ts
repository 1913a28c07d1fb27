import { type Limits, limitsOf } from "./limits";
import { type RunPod, runpodOf } from "./runpod";
import { type Settings, settingsOf } from "./settings";

/** What every route works with. */
export interface Context {
  settings: Settings;
  limits: Limits;
  /** null where no endpoint is set up. */
  runpod: RunPod | null;
  /** What passed through this server. */
  seen: Seen;
}

/** What is known of the endpoint's worker, of which RunPod itself tells nothing. */
interface Seen {
  /** What made the last result; before there was one the settings' own. */
  engine: string | null;
}

/** Next loads this module once a route; counters and what was seen are the process's all the same. */
const PLACE = Symbol.for("actionmesh.shared");
const shared = globalThis as { [PLACE]?: Pick<Context, "limits" | "seen"> };

let own: Context | undefined;

/**
 * That of the process's environment, made at the first call.
 *
 * @throws Error if the settings are wrong; see settingsOf
 */
export function context(): Context {
  if (own === undefined) {
    const made = contextOf(process.env);
    shared[PLACE] ??= { limits: made.limits, seen: made.seen };
    own = { ...made, ...shared[PLACE] };
  }
  return own;
}

/** Puts another in its place, for tests; without one the next call makes it anew. */
export function setContext(other?: Context): void {
  own = other;
}

/** That of other variables. */
export function contextOf(environ: Record<string, string | undefined>): Context {
  const settings = settingsOf(environ);
  return {
    settings,
    limits: limitsOf(settings),
    runpod: settings.runpod ? runpodOf(settings.runpod) : null,
    seen: { engine: settings.engine },
  };
}
