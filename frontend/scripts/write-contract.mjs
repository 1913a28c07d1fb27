import { copyFile, writeFile } from "node:fs/promises";
import { CONTRACT, copyOf, FACTS, typesOf } from "./contract.mjs";

for (const entry of CONTRACT) {
  await writeFile(entry.types, await typesOf(entry));
  await writeFile(entry.copy, await copyOf(entry));
}
await copyFile(FACTS.source, FACTS.copy);
