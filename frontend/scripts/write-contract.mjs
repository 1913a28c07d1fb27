import { writeFile } from "node:fs/promises";
import { CONTRACT, copyOf, typesOf } from "./contract.mjs";

for (const entry of CONTRACT) {
  await writeFile(entry.types, await typesOf(entry));
  await writeFile(entry.copy, await copyOf(entry));
}
