import requestSchema from "@/lib/contract/request.schema.json";

/** The worker's own bounds, `actionmesh_wrapper/contract/bounds.py`: what is beyond them is not validated at all. */
const MOST_FIELDS = 100;
const MOST_VALUES = 200;
const DEEPEST = 8;
const LONGEST_TEXT = 8192;

/**
 * What is too large about a job's input, its files in base64 aside.
 *
 * @returns the first such field and what is wrong; null if there is none
 */
export function beyondBounds(input: object): string | null {
  const fields = Object.entries(input);
  if (fields.length > MOST_FIELDS)
    return `${fields.length} fields, of which at most ${MOST_FIELDS} are looked at`;
  for (const [name, value] of fields) {
    const isFree = isFile(name, value) || !Object.hasOwn(requestSchema.properties, name);
    const problem = isFree ? null : tooMuch(value);
    if (problem !== null) return `${name}: ${problem}`;
  }
  return null;
}

/** Whether a field is a file in base64, which may be long. */
export function isFile(name: string, value: unknown): value is string {
  return name.endsWith("_base64") && typeof value === "string";
}

function tooMuch(value: unknown): string | null {
  let level = [value];
  let values = 0;
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    if (level.some((item) => typeof item === "string" && item.length > LONGEST_TEXT))
      return `a text of more than ${LONGEST_TEXT} characters`;
    const inner = level.filter((item) => typeof item === "object" && item !== null).map(contents);
    values += inner.reduce((sum, { length }) => sum + length, 0);
    if (values > MOST_VALUES) return `more than ${MOST_VALUES} values`;
    level = inner.flat();
    if (level.length === 0) return null;
  }
  return `more than ${DEEPEST} lists in each other`;
}

/** The items of a list, or the names and values of an object. */
function contents(holder: unknown): unknown[] {
  return Array.isArray(holder) ? holder : Object.entries(holder as object).flat();
}
