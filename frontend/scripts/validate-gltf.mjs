// Runs Khronos's glTF validator over files: node scripts/validate-gltf.mjs FILE...
// Prints a JSON array with one report per file; exits with 1 if any has an error or a warning.

import { readFile } from "node:fs/promises";
import { validateBytes } from "gltf-validator";

const ALL_ISSUES = 0;

/** @param {string} file path of a .glb or .gltf file */
async function report(file) {
  const { issues, info } = await validateBytes(new Uint8Array(await readFile(file)), {
    maxIssues: ALL_ISSUES,
    writeTimestamp: false,
  });
  return { file, errors: issues.numErrors, warnings: issues.numWarnings, messages: issues.messages, info };
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node scripts/validate-gltf.mjs FILE...");
  process.exit(2);
}
const reports = [];
for (const file of files) {
  reports.push(await report(file));
}
console.log(JSON.stringify(reports, null, 2));
process.exitCode = reports.some(({ errors, warnings }) => errors + warnings > 0) ? 1 : 0;
