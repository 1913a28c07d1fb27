import { expect, test } from "vitest";
import { STAGES } from "@/lib/contract/worker";
import { PHASES, phaseOf } from "./phases";

test("every stage of a job and of every engine has its phase", () => {
  expect(STAGES.filter((stage) => phaseOf(stage) === -1)).toEqual([]);
});

test("phases follow the order of the stages", () => {
  expect(["fetch", "masks", "stage_1", "upload"].map(phaseOf)).toEqual([0, 1, 3, 4]);
  expect(phaseOf("brew")).toBe(-1);
  expect(PHASES).toHaveLength(5);
});
