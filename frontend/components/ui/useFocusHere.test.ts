// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import { useFocusHere } from "./useFocusHere";

function Heading({ when, step }: { when: boolean; step: string }) {
  const heading = useFocusHere<HTMLHeadingElement>(when, step);
  return createElement("h1", { ref: heading, tabIndex: -1 });
}

test("the focus moves with each new step, and is left alone between", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const place = document.body.appendChild(document.createElement("div"));
  const elsewhere = document.body.appendChild(document.createElement("button"));
  const root = createRoot(place);
  const show = async (when: boolean, step: string) => {
    elsewhere.focus();
    await act(async () => root.render(createElement(Heading, { when, step })));
    return document.activeElement?.tagName;
  };
  expect(await show(false, "live")).toBe("BUTTON");
  expect(await show(true, "live")).toBe("H1");
  expect(await show(true, "live")).toBe("BUTTON");
  expect(await show(true, "over")).toBe("H1");
  await act(async () => root.unmount());
});
