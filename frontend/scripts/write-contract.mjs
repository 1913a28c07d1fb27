import { writeFile } from "node:fs/promises";
import { CONTRACT, typesOf } from "./contract.mjs";

for (const entry of CONTRACT) await writeFile(entry.types, await typesOf(entry));
