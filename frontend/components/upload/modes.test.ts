import { expect, test } from "vitest";
import schema from "@/lib/contract/request.schema.json";
import { hasQualities, isSmall, QUALITIES, timeOf, withSmall } from "./modes";

test("every mode of the schema can be chosen", () => {
  const modes = QUALITIES.flatMap(({ mode, small }) => [mode, small]);
  expect([...modes].sort()).toEqual([...schema.properties.mode.enum].sort());
  for (const mode of modes) expect(withSmall(mode, isSmall(mode))).toBe(mode);
  expect(withSmall("fast", true)).toBe("fast_low_ram");
  expect(withSmall("low_ram", false)).toBe("default");
});

test("the time is told in words, by the number of frames", () => {
  expect(timeOf("default", 16)).toBe("about a minute and a half");
  expect(timeOf("fast", 16)).toBe("about 45 s");
  expect(timeOf("fast", 31)).toBe("about a minute and a half");
  expect(timeOf("default", 121)).toBe("about 14 minutes");
  expect(timeOf("low_ram", 16)).toBeNull();
});

test("an engine without a GPU has one quality", () => {
  expect([hasQualities("silhouette"), hasQualities("actionmesh"), hasQualities(null)]).toEqual([
    false,
    true,
    true,
  ]);
});
