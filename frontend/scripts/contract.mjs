import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

/** The worker's published schemas, each with the TypeScript file that is made from it and the copy that is built in. */
export const CONTRACT = ["request", "result"].map((name) => ({
  name,
  schema: fileURLToPath(new URL(`../../schema/${name}.schema.json`, import.meta.url)),
  types: fileURLToPath(new URL(`../lib/contract/${name}.ts`, import.meta.url)),
  copy: fileURLToPath(new URL(`../lib/contract/${name}.schema.json`, import.meta.url)),
}));

/** What a worker offers, published as values, and the copy that is built in. */
export const FACTS = {
  source: fileURLToPath(new URL("../../schema/worker.json", import.meta.url)),
  copy: fileURLToPath(new URL("../lib/contract/worker.json", import.meta.url)),
};

/**
 * TypeScript types of one schema.
 *
 * @param {{ name: string, schema: string }} entry one of CONTRACT
 * @returns {Promise<string>} the text of its types file
 */
export async function typesOf({ name, schema }) {
  const bannerComment = `// Made from schema/${name}.schema.json by \`make contract\`; do not edit.`;
  const { title, $defs = {}, ...rest } = JSON.parse(await readFile(schema, "utf8"));
  const prepared = {
    ...forTypes(rest),
    title,
    $defs: mapValues($defs, (def) => ({ ...forTypes(def), title: def.title })),
  };
  return compile(prepared, title, { bannerComment, style: { printWidth: 110 } });
}

/**
 * One schema as lib/contract has it: a build of this folder alone (Docker, Vercel) does not reach schema/.
 *
 * @param {{ schema: string }} entry one of CONTRACT
 * @returns {Promise<string>} the text of its copy
 */
export function copyOf({ schema }) {
  return readFile(schema, "utf8");
}

/**
 * A schema as the compiler needs it: without titles, each of which would become a type of its own, and with
 * tuples in the notation that it knows.
 *
 * @param {any} node the schema or any part of it
 * @returns {any} a changed copy
 */
function forTypes(node) {
  if (Array.isArray(node)) return node.map(forTypes);
  if (node === null || typeof node !== "object") return node;
  const { title, prefixItems, ...rest } = node;
  return mapValues(prefixItems ? { ...rest, items: prefixItems } : rest, forTypes);
}

/**
 * @param {Record<string, any>} object any object
 * @param {(value: any) => any} change what becomes of each value
 * @returns {Record<string, any>} a new object of the same keys
 */
function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
