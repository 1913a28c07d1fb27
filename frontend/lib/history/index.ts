import type { Result } from "@/lib/contract/result";
import { forgetFurther } from "./further";
import { add, type Started, remove as unlist } from "./list";
import * as results from "./results";
import { browserShelf } from "./shelf";

export type { End, Entry, Mode } from "./entry";
export { find, list, subscribe, update } from "./list";
export type { Kept, Saved } from "./results";

const SHELF = browserShelf();

export const saveResult = (id: string, result: Result) => results.save(SHELF, id, result);
export const loadResult = (id: string) => results.load(SHELF, id);
export const saveThumbnail = (id: string, picture: Blob) => results.saveThumbnail(SHELF, id, picture);
export const loadThumbnail = (id: string) => results.loadThumbnail(SHELF, id);

/** Lists a job that was just started. Of those that fall off the list nothing is kept. */
export function remember(job: Started): void {
  for (const id of add(job)) void removeAll(id);
}

/** Takes a job off the list, and removes all that is kept of it. */
export async function forget(id: string): Promise<void> {
  unlist(id);
  await removeAll(id);
}

function removeAll(id: string): Promise<void> {
  forgetFurther(id);
  return results.remove(SHELF, id);
}
