// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { apiKey, setApiKey } from "./key";

afterEach(() => vi.unstubAllGlobals());

test("the key is kept as long as the tab, and can be forgotten", () => {
  expect(apiKey()).toBe("");
  setApiKey(" abc ");
  expect([apiKey(), Object.values({ ...sessionStorage })]).toEqual(["abc", ["abc"]]);
  expect(localStorage.length).toBe(0);
  setApiKey("");
  expect([apiKey(), sessionStorage.length]).toEqual(["", 0]);
});

test("where the browser keeps nothing, the page does", () => {
  const refuse = () => {
    throw new DOMException("no", "SecurityError");
  };
  vi.stubGlobal("sessionStorage", { getItem: refuse, setItem: refuse, removeItem: refuse });
  setApiKey("abc");
  expect(apiKey()).toBe("abc");
});
