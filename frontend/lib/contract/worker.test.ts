import { expect, test } from "vitest";
import { OUTPUT_FILES, outputFileOf, STAGES, WORKER } from "./worker";

test("a file is known by its name", () => {
  expect(outputFileOf("mesh_014.glb")).toMatchObject({ field: "meshes", is_many: true });
  expect(outputFileOf("animated_mesh_blender.glb")?.field).toBe("blender");
  for (const name of ["mesh_14.glb", "animated_mesh-glb", "result.json", "xmesh_014.glb"])
    expect(outputFileOf(name)).toBeUndefined();
});

test("every file has a heading and words", () => {
  for (const { title, about } of OUTPUT_FILES)
    expect(Math.min(title.length, about.length)).toBeGreaterThan(4);
});

test("stages are those of the job around those of each engine", () => {
  expect(STAGES[0]).toBe("fetch");
  expect(STAGES.at(-1)).toBe("upload");
  expect(STAGES).toEqual(expect.arrayContaining(WORKER.engines.actionmesh.stages));
});
