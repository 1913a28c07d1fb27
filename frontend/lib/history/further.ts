const NAME = "actionmesh.further";
const MOST = 60; // results that have any, and further jobs of each

type Known = Record<string, string[]>;

/** The jobs that this browser has started for further files of a result, the first one first. */
export function furtherOf(id: string): string[] {
  return known()[id] ?? [];
}

/** Notes a job that makes further files of a result. */
export function addFurther(id: string, further: string): void {
  const { [id]: before = [], ...others } = known();
  write({ ...others, [id]: [...before, further].slice(-MOST) });
}

/** Forgets one of them, or all. */
export function removeFurther(id: string, further?: string): void {
  const { [id]: before = [], ...others } = known();
  const left = further === undefined ? [] : before.filter((one) => one !== further);
  write(left.length > 0 ? { ...others, [id]: left } : others);
}

function known(): Known {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    if (typeof found !== "object" || found === null || Array.isArray(found)) return {};
    const entries = Object.entries(found).filter(
      ([, ids]) => Array.isArray(ids) && ids.every((one) => typeof one === "string"),
    );
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

function write(jobs: Known): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(Object.fromEntries(Object.entries(jobs).slice(-MOST))));
  } catch {} // then a reload does not find them
}
