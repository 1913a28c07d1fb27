const NAME = "actionmesh.owned";
const MOST = 50;

type Token = readonly [id: string, owner: string];

let held: readonly Token[] = []; // those that this tab knows, also where localStorage does not take them

/** What shows the server that this browser has started a job; undefined where it has not. */
export function ownerOf(id: string): string | undefined {
  return tokens().find(([of]) => of === id)?.[1];
}

/** Keeps what came with a job's id; of many the oldest go. */
export function keepOwner(id: string, owner: string): void {
  const own: Token = [id, owner];
  const kept = [own, ...tokens().filter(([of]) => of !== id)].slice(0, MOST);
  held = kept;
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {} // then this tab has them
}

function tokens(): readonly Token[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NAME) ?? "null");
    const others = Array.isArray(found) ? found.filter(isToken) : []; // of other tabs, too
    return [...held, ...others.filter(([id]) => held.every(([of]) => of !== id))];
  } catch {
    return held;
  }
}

function isToken(value: unknown): value is Token {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}
