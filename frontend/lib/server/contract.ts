import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import requestSchema from "@/lib/contract/request.schema.json";
import type { Result } from "@/lib/contract/result";
import resultSchema from "@/lib/contract/result.schema.json";
import { beyondBounds, isFile } from "./bounds";

const MOST_PROBLEMS = 20; // that a message names

const ajv = addFormats(new Ajv2020({ allErrors: true, strict: false, verbose: true }));
const acceptsRequest = ajv.compile(requestSchema);
const acceptsResult = ajv.compile<Result>(open(resultSchema) as object);

/**
 * What is wrong with a job's input, by the worker's own schema. What only the worker can know (whether the file
 * is a video, whether the GPU is large enough) it says later.
 *
 * @returns the first problems in one line, with no value in it; null if there is none
 */
export function problemsOf(input: object): string | null {
  const tooMuch = beyondBounds(input);
  if (tooMuch !== null) return tooMuch;
  if (acceptsRequest(withShortFiles(input))) return null;
  const problems = new Map<string, string[]>();
  for (const [field, problem] of (acceptsRequest.errors ?? []).map(told)) {
    const found = problems.get(field) ?? [];
    if (problem !== "" && !found.includes(problem)) problems.set(field, [...found, problem]);
  }
  const lines = [...problems].map(([field, found]) =>
    field === "" ? found.join("; ") : `${field}: ${found.join(", ")}`,
  );
  const rest = lines.splice(MOST_PROBLEMS).length;
  if (rest > 0) lines.push(`and ${rest} more`);
  return lines.join("; ") || "The input breaks the schema";
}

/** The validator counts letter by letter, a quarter of a second for 9 MB; that there is one is all that it asks. */
function withShortFiles(input: object): object {
  const fields = Object.entries(input);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, isFile(name, value) ? value.slice(0, 1) : value]),
  );
}

/** Whether this is a worker's result; a newer worker's may have more fields. */
export function isResult(output: unknown): output is Result {
  return acceptsResult(output);
}

/** A field, empty where it is the whole input, and what is wrong with it, empty where another error says it. */
type Problem = [field: string, problem: string];

function told({ instancePath, keyword, params, message, schemaPath, parentSchema }: ErrorObject): Problem {
  const field = instancePath.slice(1).replaceAll("/", ".");
  if (field === "") return toldOfAll(keyword, params, message ?? "");
  if (schemaPath.startsWith("#/oneOf") || schemaPath.startsWith("#/not")) return [field, ""]; // the root says it
  if (keyword === "anyOf" || params.type === "null") return [field, ""]; // the branch that was meant says more
  if (keyword === "const") return [field, `or ${params.allowedValue}`];
  if (parentSchema?.const !== undefined) return [field, ""]; // as above
  return [field, `${message ?? keyword}${allowed(params)}`];
}

function toldOfAll(keyword: string, params: Record<string, unknown>, message: string): Problem {
  if (keyword === "oneOf")
    return ["", "give exactly one of video_url, video_base64, animation_url and animation_base64"];
  if (keyword === "not") return ["", "give only one of mesh_url and mesh_base64"];
  if (keyword === "additionalProperties")
    return [String(params.additionalProperty).slice(0, 40), "unknown field"];
  return ["", keyword === "required" ? "" : message]; // of a branch of oneOf
}

function allowed(params: Record<string, unknown>): string {
  return Array.isArray(params.allowedValues) ? ` (${params.allowedValues.join(", ")})` : "";
}

/** A schema that leaves room for fields that it does not know. */
function open(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(open);
  if (node === null || typeof node !== "object") return node;
  const entries = Object.entries(node).filter(
    ([key, value]) => key !== "additionalProperties" || value !== false,
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, open(value)]));
}
