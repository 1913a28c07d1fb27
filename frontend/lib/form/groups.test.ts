import { expect, test } from "vitest";
import { groupsFor } from "./groups";
import { KNOBS } from "./knobs";

const namesFor = (engine: string | null) =>
  groupsFor(engine).flatMap(({ knobs }) => knobs.map(({ name }) => name));

test("every setting is in one group, what files are made in the first", () => {
  expect(namesFor(null).sort()).toEqual(KNOBS.map(({ name }) => name).sort());
  expect(groupsFor(null)[0]?.knobs[0]?.name).toBe("outputs");
});

test("of an engine that is known only what it heeds is shown", () => {
  const names = namesFor("silhouette");
  for (const name of ["outputs", "face_decimation", "masks", "loop"]) expect(names).toContain(name);
  for (const name of ["seed", "guidance_scale", "windows"]) expect(names).not.toContain(name);
  expect(groupsFor("silhouette").map(({ name }) => name)).not.toContain("Motion");
  expect(namesFor("another")).toEqual(namesFor(null));
});
