// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test } from "vitest";
import { rendering } from "@/test/render";
import { EndView } from "./EndView";

const { show } = rendering();

test.each([true, false])("its title takes the focus where it is new: %s", async (focused) => {
  const props = { title: "Cancelled", actions: null, children: null, focused };
  await show(createElement(EndView, props));
  expect(document.activeElement?.tagName).toBe(focused ? "H2" : "BODY");
});
