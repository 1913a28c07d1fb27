// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { ANY, forgetFurther, furtherOf, noteFurther } from "./further";
import { remember } from "./index";
import { MOST } from "./list";

beforeEach(() => localStorage.clear());

test("the forms of a result are found again, and forgotten one by one or all at once", () => {
  expect(furtherOf("a")).toEqual({});
  noteFurther("a", "usdz", { job: "a-1" });
  noteFurther("b", "usdz", { job: "b-1" });
  noteFurther("a", "rig", { job: "a-2" });
  noteFurther("a", "rig", { why: "bones cannot carry this motion" });
  expect(furtherOf("a")).toEqual({ usdz: { job: "a-1" }, rig: { why: "bones cannot carry this motion" } });
  noteFurther("a", "usdz", null);
  expect(Object.keys(furtherOf("a"))).toEqual(["rig"]);
  forgetFurther("a");
  expect([furtherOf("a"), furtherOf("b")]).toEqual([{}, { usdz: { job: "b-1" } }]);
});

test("what the worker can make of no result is known of each", () => {
  noteFurther(ANY, "fbx", { why: "this worker lacks Blender" });
  expect(furtherOf("a")).toEqual({ fbx: { why: "this worker lacks Blender" } });
  noteFurther("a", "fbx", { job: "a-1" });
  expect(furtherOf("a")).toEqual({ fbx: { job: "a-1" } });
  noteFurther(ANY, "fbx", null);
  expect(furtherOf("b")).toEqual({});
});

test("with a job that falls off the list its forms are forgotten", () => {
  noteFurther("job-0", "rig", { job: "a-1" });
  for (let index = 0; index <= MOST; index++) remember({ id: `job-${index}`, name: "fox", mode: "default" });
  expect(furtherOf("job-0")).toEqual({});
});

test("what is stored may be anything", () => {
  for (const text of ["", "{", "[]", "null", '{"a": 3}', '{"a": ["a-1"]}', '{"a": {"rig": null}}']) {
    localStorage.setItem("actionmesh.further", text);
    expect(furtherOf("a")).toEqual({});
  }
  noteFurther("a", "rig", { job: "a-1" });
  expect(furtherOf("a")).toEqual({ rig: { job: "a-1" } });
});

test("without localStorage there are none, and nothing is thrown", () => {
  vi.stubGlobal("localStorage", undefined);
  noteFurther("a", "rig", { job: "a-1" });
  expect(furtherOf("a")).toEqual({});
  vi.unstubAllGlobals();
});
