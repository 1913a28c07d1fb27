import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MODES } from "./modes";

test("memory and time are those of the API page's table", () => {
  const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
  for (const { mode, memory, time } of MODES) {
    expect(page).toContain(`| \`${mode}\` | ${memory} | ${time ?? "–"} |`);
  }
});

test("every mode of the schema has words", () => {
  const path = new URL("../../../schema/request.schema.json", import.meta.url);
  const schema = JSON.parse(readFileSync(path, "utf8")) as { properties: { mode: { enum: string[] } } };
  expect(MODES.map(({ mode }) => mode)).toEqual(schema.properties.mode.enum);
});
