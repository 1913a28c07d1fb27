export { type Chosen, type Clock, chosenTimes } from "./chosen";
export type { VideoFacts } from "./probe";
export { probeApart as probe } from "./probeApart";
export { thumbnails } from "./thumbnails";

/** See trim.ts, which is fetched when it is needed. */
export async function trim(...given: Parameters<typeof import("./trim").trim>): Promise<File> {
  return (await import("./trim")).trim(...given);
}
