import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import requestSchema from "@/lib/contract/request.schema.json";
import type { Result } from "@/lib/contract/result";
import resultSchema from "@/lib/contract/result.schema.json";

const ajv = addFormats(new Ajv2020({ allErrors: true, strict: false }));
const acceptsRequest = ajv.compile(requestSchema);
const acceptsResult = ajv.compile<Result>(open(resultSchema) as object);

/**
 * What is wrong with a job's input, by the worker's own schema. What only the worker can know (whether the file
 * is a video, whether the GPU is large enough) it says later.
 *
 * @returns all problems in one line, with no value in it; null if there is none
 */
export function problemsOf(input: unknown): string | null {
  if (acceptsRequest(input)) return null;
  const problems = (acceptsRequest.errors ?? []).map(told).filter((problem) => problem !== "");
  return [...new Set(problems)].join("; ") || "The input breaks the schema";
}

/** Whether this is a worker's result; a newer worker's may have more fields. */
export function isResult(output: unknown): output is Result {
  return acceptsResult(output);
}

function told({ instancePath, keyword, params, message, schemaPath }: ErrorObject): string {
  const [field, ...rest] = instancePath.split("/").slice(1);
  if (field === undefined) return toldOfAll(keyword, params, message ?? "");
  if (schemaPath.startsWith("#/oneOf") || schemaPath.startsWith("#/not")) return ""; // the root says it
  if (keyword === "anyOf" || params.type === "null") return ""; // the branch that was meant says more
  return `${[field, ...rest].join(".")}: ${message ?? keyword}${allowed(params)}`;
}

function toldOfAll(keyword: string, params: Record<string, unknown>, message: string): string {
  if (keyword === "oneOf") return "give exactly one of video_url and video_base64";
  if (keyword === "not") return "give only one of mesh_url and mesh_base64";
  if (keyword === "additionalProperties")
    return `${String(params.additionalProperty).slice(0, 40)}: unknown field`;
  return keyword === "required" ? "" : message; // of a branch of oneOf
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
