// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { addFurther, furtherOf, removeFurther } from "./further";

beforeEach(() => localStorage.clear());

test("the jobs of a result are found again, in order, and forgotten one by one or all at once", () => {
  expect(furtherOf("a")).toEqual([]);
  addFurther("a", "a-1");
  addFurther("b", "b-1");
  addFurther("a", "a-2");
  expect(furtherOf("a")).toEqual(["a-1", "a-2"]);
  removeFurther("a", "a-1");
  expect(furtherOf("a")).toEqual(["a-2"]);
  removeFurther("a");
  expect([furtherOf("a"), furtherOf("b")]).toEqual([[], ["b-1"]]);
});

test("what is stored may be anything", () => {
  for (const text of ["", "{", "[]", "null", '{"a": 3}', '{"a": [3]}']) {
    localStorage.setItem("actionmesh.further", text);
    expect(furtherOf("a")).toEqual([]);
  }
  addFurther("a", "a-1");
  expect(furtherOf("a")).toEqual(["a-1"]);
});

test("without localStorage there are none, and nothing is thrown", () => {
  vi.stubGlobal("localStorage", undefined);
  addFurther("a", "a-1");
  expect(furtherOf("a")).toEqual([]);
  vi.unstubAllGlobals();
});
