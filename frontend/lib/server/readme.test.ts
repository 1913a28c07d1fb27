import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROUTE_CODES } from "@/lib/api/codes";
import { VARIABLES } from "./settings";

const text = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

/** Every variable with its default as it is written in the environment, and what it is. */
const variables = Object.entries(VARIABLES.shape).map(([name, shape]) => {
  const value = shape.safeParse(undefined).data;
  return { name, value: value === undefined ? "" : String(value), description: shape.description ?? "" };
});

it("README's table of variables is that of the settings", () => {
  const rows = variables.map(
    ({ name, value, description }) =>
      `| \`${name}\` | ${value === "" ? "–" : `\`${value}\``} | ${description} |`,
  );
  const table = ["| Variable | Default | What it is |", "|---|---|---|", ...rows].join("\n");
  const [, found] = /<!-- settings -->\n(.*)\n<!-- \/settings -->/s.exec(text("README.md")) ?? [];
  expect(found).toBe(table);
});

it("README's table of codes has those of the routes", () => {
  const [, table = ""] = /\| Code \| Status \|.*?\n\|---.*?\n(.*?)\n\n/s.exec(text("README.md")) ?? [];
  const codes = table.split("\n").flatMap((row) => row.split("|")[1]?.match(/[A-Z_]{4,}/g) ?? []);
  expect(codes.sort()).toEqual([...ROUTE_CODES].sort());
});

it(".env.example has every variable that people set, with its default", () => {
  const lines = [...text(".env.example").matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const expected = variables
    .filter(({ name }) => !name.startsWith("VERCEL"))
    .map(({ name, value }) => [name, value]);
  expect(new Map(lines as [string, string][])).toEqual(
    new Map([...expected, ["NEXT_PUBLIC_WORKER_URL", ""]] as [string, string][]),
  );
});
