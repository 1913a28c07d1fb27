import type { Shelf, Thing } from "./shelf";

/** How many results are kept. */
export const MOST_RESULTS = 20;

const RESULT = "/result";

/** The names of what is kept of a job. */
export async function keysOf(shelf: Shelf, id: string): Promise<string[]> {
  return (await shelf.keys()).filter((name) => name.startsWith(`${id}/`));
}

/** Removes all that is kept of a job. */
export async function drop(shelf: Shelf, id: string): Promise<void> {
  const names = await keysOf(shelf, id);
  if (names.length > 0) await shelf.remove(names);
}

/**
 * Puts what belongs to a job. Where there is no room, other jobs' results go, the oldest first, until there is.
 *
 * @returns whether it is there; false if it has no room even alone
 */
export async function putFor(shelf: Shelf, id: string, things: readonly Thing[]): Promise<boolean> {
  for (;;) {
    try {
      await shelf.put(things);
      return true;
    } catch (error) {
      const isFull =
        error instanceof Error || error instanceof DOMException ? error.name === "QuotaExceededError" : false;
      const [oldest] = isFull ? await othersByAge(shelf, id) : [];
      if (oldest === undefined) return false;
      await drop(shelf, oldest);
    }
  }
}

/** Removes the oldest results beyond those that are kept; never that of `id`. */
export async function dropSurplus(shelf: Shelf, id: string): Promise<void> {
  const others = await othersByAge(shelf, id);
  for (const old of others.slice(0, Math.max(0, others.length - (MOST_RESULTS - 1)))) await drop(shelf, old);
}

/** Ids of other jobs with results, the oldest first. What was made of a result, `{id}/{job}`, goes with it. */
async function othersByAge(shelf: Shelf, id: string): Promise<string[]> {
  const names = (await shelf.keys()).filter((name) => name.endsWith(RESULT) && ownerOf(name) !== ownerOf(id));
  const keptAt = new Map<string, number>();
  for (const name of names) {
    const stored = (await shelf.get(name)) as { keptAt?: number } | undefined;
    keptAt.set(ownerOf(name), Math.max(keptAt.get(ownerOf(name)) ?? 0, stored?.keptAt ?? 0));
  }
  return [...keptAt].sort(([, a], [, b]) => a - b).map(([owner]) => owner);
}

function ownerOf(name: string): string {
  return name.replace(/\/.*/s, "");
}
