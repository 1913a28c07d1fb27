// @vitest-environment happy-dom
import { createElement } from "react";
import { expect, test } from "vitest";
import { rendering } from "@/test/render";
import { useFocusHere } from "./useFocusHere";

const rendered = rendering();

function Heading({ when, step }: { when: boolean; step: string }) {
  const heading = useFocusHere<HTMLHeadingElement>(when, step);
  return createElement("h1", { ref: heading, tabIndex: -1 });
}

test("the focus moves with each new step, and is left alone between", async () => {
  const elsewhere = document.body.appendChild(document.createElement("button"));
  const show = async (when: boolean, step: string) => {
    elsewhere.focus();
    await rendered.show(createElement(Heading, { when, step }));
    return document.activeElement?.tagName;
  };
  expect(await show(false, "live")).toBe("BUTTON");
  expect(await show(true, "live")).toBe("H1");
  expect(await show(true, "live")).toBe("BUTTON");
  expect(await show(true, "over")).toBe("H1");
  elsewhere.remove();
});
