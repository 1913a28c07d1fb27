const NAME = "actionmesh.owned";
const MOST = 50;

type Token = readonly [id: string, owner: string];

let held: readonly Token[] = []; // where localStorage does not take them

/** What shows the server that this browser has started a job; undefined where it has not. */
export function ownerOf(id: string): string | undefined {
  return tokens().find(([of]) => of === id)?.[1];
}

/** Keeps what came with a job's id; of many the oldest go. */
export function keepOwner(id: string, owner: string): void {
  const kept: readonly Token[] = [[id, owner], ...tokens().filter(([of]) => of !== id)].slice(
    0,
    MOST,
  ) as Token[];
  held = kept;
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {} // then this tab has them
}

function tokens(): readonly Token[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NAME) ?? "null");
    return Array.isArray(found) ? found.filter(isToken) : held;
  } catch {
    return held;
  }
}

function isToken(value: unknown): value is Token {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}
