import type { Shelf } from "./shelf";

/** A shelf in memory, with room for so many bytes of blobs. */
export function testShelf(room = Number.POSITIVE_INFINITY): Shelf & { things: Map<string, unknown> } {
  const things = new Map<string, unknown>();
  const used = (all: Iterable<unknown>) => [...all].reduce((sum: number, thing) => sum + sizeOf(thing), 0);
  return {
    things,
    get: async (key) => things.get(key),
    keys: async () => [...things.keys()],
    put: async (added) => {
      const next = new Map([...things, ...added]);
      if (used(next.values()) > room) throw new DOMException("full", "QuotaExceededError");
      for (const [name, thing] of added) things.set(name, thing);
    },
    remove: async (names) => {
      for (const name of names) things.delete(name);
    },
  };
}

function sizeOf(thing: unknown): number {
  return thing instanceof Blob ? thing.size : 0;
}
