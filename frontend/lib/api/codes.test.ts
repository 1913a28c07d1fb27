import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ROUTE_CODES, WORKER_CODES } from "./codes";

const errors = fileURLToPath(new URL("../../../actionmesh_wrapper/errors.py", import.meta.url));

it.skipIf(!existsSync(errors))("the worker's codes are those of its tree of errors", () => {
  const source = readFileSync(errors, "utf8");
  const codes = [...source.matchAll(/^ {4}code(?:: ClassVar\[str\])? = "(\w+)"$/gm)].map(([, code]) => code);
  expect(new Set(WORKER_CODES)).toEqual(new Set(codes));
});

it("the routes' own codes are sorted, each once", () => {
  expect([...ROUTE_CODES]).toEqual([...new Set(ROUTE_CODES)].sort());
});
