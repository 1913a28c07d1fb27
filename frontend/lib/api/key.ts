const NAME = "actionmesh.key";

let held = ""; // where the browser keeps nothing for this page

/** The operator's key, as it was typed in this tab; "" without one. */
export function apiKey(): string {
  try {
    return globalThis.sessionStorage?.getItem(NAME) ?? held;
  } catch {
    return held;
  }
}

/** Keeps the key for as long as the tab is open; "" forgets it. */
export function setApiKey(key: string): void {
  held = key.trim();
  try {
    if (held === "") globalThis.sessionStorage?.removeItem(NAME);
    else globalThis.sessionStorage?.setItem(NAME, held);
  } catch {
    // it is held in memory then
  }
}
