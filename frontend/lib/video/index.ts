export { type Chosen, type Clock, chosenTimes } from "./chosen";

import type { Copied } from "./copy";

export type { Copied } from "./copy";
export type { VideoFacts } from "./probe";
export { probeApart as probe } from "./probeApart";
export { thumbnails } from "./thumbnails";

/** See copy.ts, which is fetched when it is needed. */
export async function copy(...given: Parameters<typeof import("./copy").copy>): Promise<Copied> {
  return (await import("./copy")).copy(...given);
}

/** See damage.ts, which is fetched when it is needed. */
export async function checkPart(...given: Parameters<typeof import("./damage").checkPart>): Promise<void> {
  return (await import("./damage")).checkPart(...given);
}

/** See frames.ts, which is fetched when it is needed. */
export async function pick(...given: Parameters<typeof import("./frames").pick>): Promise<File> {
  return (await import("./frames")).pick(...given);
}

/** See trim.ts, which is fetched when it is needed. */
export async function trim(...given: Parameters<typeof import("./trim").trim>): Promise<File> {
  return (await import("./trim")).trim(...given);
}
