import { createStore, del, get, keys, set, type UseStore } from "idb-keyval";
import type { Choices } from "./choices";

/** The video that a job was made of, and what was chosen: to show it beside the mesh, and to edit it and run it again. */
export interface Draft {
  /** null where the browser had no room to keep it. */
  file: File | null;
  /** The file's name and its size in bytes. */
  name: string;
  bytes: number;
  choices: Choices;
  /** Where the file's first frame is on its own clock, in seconds. */
  firstS: number;
  /** What of that clock is 0 s on the worker's: more than `firstS` where the part alone was sent. */
  sentFromS: number;
}

const KEPT_BYTES = 30_000_000; // of a video that outlives the tab
const KEPT = 20; // drafts
const STORE = "actionmesh-drafts";

const held = new Map<string, Draft>(); // of this tab, however large
let store: UseStore | undefined;

function database(): UseStore {
  store ??= createStore(STORE, STORE);
  return store;
}

/** Keeps a job's draft. A video that the browser has no room for lasts as long as the tab; what was chosen stays. */
export async function keepDraft(id: string, draft: Draft): Promise<void> {
  held.set(id, draft);
  const file = draft.bytes > KEPT_BYTES ? null : draft.file;
  try {
    await set(id, { ...draft, file, keptAt: Date.now() }, database());
    await dropOldest();
  } catch {
    // no room, or a private window
  }
}

/** A job's draft; null where this browser has none. */
export async function draftOf(id: string): Promise<Draft | null> {
  const here = held.get(id);
  if (here !== undefined) return here;
  return (await get<Draft>(id, database()).catch(() => undefined)) ?? null;
}

/** Whether a file is the one that a draft was made of, as far as name and size tell. */
export function isOf({ name, size }: File, draft: Draft): boolean {
  return name === draft.name && size === draft.bytes;
}

/** Forgets a job's draft. */
export async function dropDraft(id: string): Promise<void> {
  held.delete(id);
  await del(id, database()).catch(() => undefined);
}

async function dropOldest(): Promise<void> {
  const ids = await keys<string>(database());
  if (ids.length <= KEPT) return;
  const ages = await Promise.all(
    ids.map(async (id) => ({ id, keptAt: (await get<{ keptAt?: number }>(id, database()))?.keptAt ?? 0 })),
  );
  ages.sort((a, b) => b.keptAt - a.keptAt);
  for (const { id } of ages.slice(KEPT)) await dropDraft(id);
}
