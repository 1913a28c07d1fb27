// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import { EndView } from "./EndView";

test.each([true, false])("its title takes the focus where it is new: %s", async (focused) => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  const props = { title: "Cancelled", actions: null, children: null, focused };
  await act(async () => root.render(createElement(EndView, props)));
  expect(document.activeElement?.tagName).toBe(focused ? "H2" : "BODY");
  await act(async () => root.unmount());
  place.remove();
});
