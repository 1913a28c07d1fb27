import requestSchema from "@/lib/contract/request.schema.json";
import { WORKER } from "@/lib/contract/worker";

const BOUNDS = WORKER.request;

/**
 * What is too large about a job's input, its files in base64 aside, by the worker's own bounds.
 *
 * @returns the first such field and what is wrong; null if there is none
 */
export function beyondBounds(input: object): string | null {
  const fields = Object.entries(input);
  if (fields.length > BOUNDS.max_fields)
    return `${fields.length} fields, of which at most ${BOUNDS.max_fields} are looked at`;
  for (const [name, value] of fields) {
    if (isFile(name, value) || !Object.hasOwn(requestSchema.properties, name)) continue;
    const problem = fileAsAddress(name, value) ?? tooMuch(value);
    if (problem !== null) return `${name}: ${problem}`;
  }
  return null;
}

/** Whether a field is a file in base64, which may be long. */
export function isFile(name: string, value: unknown): value is string {
  return name.endsWith("_base64") && typeof value === "string";
}

/** What is wrong where a field for an address holds a file itself: a data: URL, or long base64. */
function fileAsAddress(name: string, value: unknown): string | null {
  if (!name.endsWith("_url") || typeof value !== "string") return null;
  const start = value.slice(0, 20);
  if (!/^\s*data:/i.test(start) && (value.length <= BOUNDS.max_text || start.includes("://"))) return null;
  return `this is the file itself, not its address; send it as ${name.replace(/_url$/, "_base64")}`;
}

function tooMuch(value: unknown): string | null {
  let level = [value];
  let values = 0;
  for (let depth = 0; depth <= BOUNDS.max_depth; depth += 1) {
    if (level.some((item) => typeof item === "string" && item.length > BOUNDS.max_text))
      return `a text of more than ${BOUNDS.max_text} characters`;
    const inner = level.filter((item) => typeof item === "object" && item !== null).map(contents);
    values += inner.reduce((sum, { length }) => sum + length, 0);
    if (values > BOUNDS.max_values) return `more than ${BOUNDS.max_values} values`;
    level = inner.flat();
    if (level.length === 0) return null;
  }
  return `more than ${BOUNDS.max_depth} lists in each other`;
}

/** The items of a list, or the names and values of an object. */
function contents(holder: unknown): unknown[] {
  return Array.isArray(holder) ? holder : Object.entries(holder as object).flat();
}
