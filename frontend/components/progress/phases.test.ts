import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PHASES, phaseOf } from "./phases";

function python(path: string): string {
  return readFileSync(new URL(`../../../actionmesh_wrapper/${path}`, import.meta.url), "utf8");
}

test("every stage of a job and of both engines has its phase", () => {
  const job = [...python("job.py").matchAll(/meter\.stage\("(\w+)"\)/g)].map((match) => match[1] ?? "");
  const silhouette = python("engines/silhouette/engine.py").match(/^STAGES.*$/m)?.[0] ?? "";
  const classical = [...silhouette.matchAll(/"(\w+)":/g)].map((match) => match[1] ?? "");
  const engine = python("engines/actionmesh/engine.py");
  const body = engine.slice(engine.indexOf("def stages"), engine.indexOf("def accept"));
  const actionmesh = [...body.matchAll(/"(\w+)":/g)].map((match) => match[1] ?? "");
  expect([job.length, classical.length, actionmesh.length].every((length) => length > 3)).toBe(true);
  for (const stage of [...job, ...classical, ...actionmesh])
    expect([stage, phaseOf(stage)]).not.toEqual([stage, -1]);
});

test("phases follow the order of the stages", () => {
  expect(["fetch", "masks", "stage_1", "upload"].map(phaseOf)).toEqual([0, 1, 3, 4]);
  expect(phaseOf("brew")).toBe(-1);
  expect(PHASES).toHaveLength(5);
});
