import { createStore, delMany, get, keys, setMany, type UseStore } from "idb-keyval";

/** A place for large things, by names such as `{id}/result`. What goes wrong is thrown as the browser has it. */
export interface Shelf {
  get(key: string): Promise<unknown>;
  keys(): Promise<string[]>;
  /** All of them, or none. */
  put(things: readonly Thing[]): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

export type Thing = readonly [string, unknown];

const NAME = "actionmesh-results";

/** The browser's IndexedDB, opened when it is first used. */
export function browserShelf(): Shelf {
  let opened: UseStore | undefined;
  const store = () => {
    opened ??= createStore(NAME, NAME);
    return opened;
  };
  return {
    get: async (key) => get(key, store()),
    keys: async () => keys<string>(store()),
    put: async (things) =>
      setMany(
        things.map(([name, thing]) => [name, thing]),
        store(),
      ),
    remove: async (names) => delMany([...names], store()),
  };
}
