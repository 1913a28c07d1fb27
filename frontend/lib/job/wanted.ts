const NAME = "actionmesh.notify";

/** Whether this tab is to tell of a job's end also while it is hidden. */
export function isWanted(id: string): boolean {
  return ids().includes(id);
}

export function setWanted(id: string, wanted: boolean): void {
  const others = ids().filter((one) => one !== id);
  try {
    sessionStorage.setItem(NAME, JSON.stringify(wanted ? [...others, id] : others));
  } catch {} // then it is not told
}

function ids(): string[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
    return Array.isArray(found) ? found.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
