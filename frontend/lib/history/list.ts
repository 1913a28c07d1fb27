import { type Entry, entriesIn, type Mode } from "./entry";

/** How many jobs are listed. */
export const MOST = 20;
const NAME = "actionmesh.history";

let held: string | null = null; // where localStorage does not take it
let read: { text: string; entries: readonly Entry[] } = { text: "", entries: [] };
const listeners = new Set<() => void>();

/** This browser's jobs, the newest first. The same array as long as nothing changes. */
export function list(): readonly Entry[] {
  const text = stored();
  if (text !== read.text) read = { text, entries: entriesIn(text) };
  return read.entries;
}

/** One of them; undefined if it is not among them. */
export function find(id: string): Entry | undefined {
  return list().find((entry) => entry.id === id);
}

/** A job that was started: createdAt is in milliseconds since 1970, now where it is left out. */
export interface Started {
  id: string;
  name: string;
  mode: Mode;
  createdAt?: number;
  engine?: string;
}

/** Puts a job in front, and gives the ids of those that fell off the end. */
export function add(job: Started): string[] {
  const others = list().filter(({ id }) => id !== job.id);
  const entry: Entry = {
    id: job.id,
    name: job.name,
    mode: job.mode,
    createdAt: job.createdAt ?? Date.now(),
    engine: job.engine ?? null,
    end: null,
  };
  write([entry, ...others.slice(0, MOST - 1)]);
  return others.slice(MOST - 1).map(({ id }) => id);
}

/** Notes what has become known of a job; nothing, where it is not listed. */
export function update(
  id: string,
  known: Partial<Pick<Entry, "engine" | "secondsPerFrame" | "end" | "name">>,
): void {
  const before = find(id);
  if (before === undefined) return;
  const after = { ...before, ...known };
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  write(list().map((entry) => (entry.id === id ? after : entry)));
}

/** Takes a job off the list. */
export function remove(id: string): void {
  if (find(id) !== undefined) write(list().filter((entry) => entry.id !== id));
}

/** Calls back whenever the list changes, in this tab or another; what it gives ends that. */
export function subscribe(listener: () => void): () => void {
  const inOtherTab = ({ key }: StorageEvent) => {
    if (key === NAME || key === null) listener();
  };
  listeners.add(listener);
  globalThis.addEventListener?.("storage", inOtherTab);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener?.("storage", inOtherTab);
  };
}

function stored(): string {
  if (held !== null) return held;
  try {
    return globalThis.localStorage?.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

/** Where there is no room for all, the oldest go; where there is none at all, they are held by this tab alone. */
function write(entries: readonly Entry[]): void {
  held = null;
  for (let kept = entries; ; kept = kept.slice(0, -1)) {
    const text = JSON.stringify(kept);
    try {
      globalThis.localStorage.setItem(NAME, text);
      break;
    } catch {
      if (kept.length > 1) continue;
      held = JSON.stringify(entries);
      break;
    }
  }
  for (const listener of listeners) listener();
}
