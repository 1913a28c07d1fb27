const NAME = "actionmesh.further";
const MOST = 60; // results of which anything is noted

/** What came of a form that was asked for: the job that makes it, or why the worker did not make it. */
export type Asked = { job: string } | { why: string };

type Forms = Record<string, Asked>;

/** In place of a result's id, for what the worker can make of none. */
export const ANY = "";

/** The forms of a result that this browser has asked for, by their names; and those that the worker cannot make. */
export function furtherOf(id: string): Forms {
  const all = known();
  return { ...all[ANY], ...all[id] };
}

/** Notes what came of a form; null forgets it. */
export function noteFurther(id: string, form: string, asked: Asked | null): void {
  const { [id]: before = {}, ...others } = known();
  const { [form]: _, ...left } = before;
  write(others, id, asked === null ? left : { ...left, [form]: asked });
}

/** Forgets all of a result. */
export function forgetFurther(id: string): void {
  const { [id]: _, ...others } = known();
  write(others, id, {});
}

/** Calls back when another tab has noted something; what it gives ends that. */
export function onOtherTab(then: () => void): () => void {
  const heard = ({ key }: StorageEvent) => key === NAME && then();
  window.addEventListener("storage", heard);
  return () => window.removeEventListener("storage", heard);
}

function known(): Record<string, Forms> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    if (!isObject(found)) return {};
    return Object.fromEntries(Object.entries(found).filter(([, forms]) => isForms(forms))) as never;
  } catch {
    return {};
  }
}

function isForms(value: unknown): value is Forms {
  const isAsked = (one: unknown) =>
    isObject(one) && (typeof one.job === "string" || typeof one.why === "string");
  return isObject(value) && Object.values(value).every(isAsked);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function write(others: Record<string, Forms>, id: string, forms: Forms): void {
  const all = Object.keys(forms).length > 0 ? { ...others, [id]: forms } : others;
  try {
    localStorage.setItem(NAME, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MOST))));
  } catch {} // then a reload does not find them
}
