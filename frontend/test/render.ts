import { act, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, vi } from "vitest";

/** A component in a document, as a visitor has it before them. */
export interface Rendered {
  show: (element: ReactElement) => Promise<void>;
  /** All that is to be read. */
  text: () => string;
  /** The first that a selector finds. @throws Error if there is none */
  one: <E extends HTMLElement = HTMLElement>(selector: string) => E;
  /** The field that a label's words lead to. @throws Error if there is none */
  field: (label: string) => HTMLInputElement;
  /** null where there is none of that name. */
  button: (name: string) => HTMLButtonElement | null;
  press: (name: string) => Promise<void>;
  type: (label: string, text: string) => Promise<void>;
}

/** Gives every test of a file a place of its own; for tests whose environment is happy-dom. */
export function rendering(): Rendered {
  let root: Root;
  let place: HTMLElement;
  beforeEach(() => {
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    place = document.body.appendChild(document.createElement("div"));
    root = createRoot(place);
  });
  afterEach(async () => {
    await act(async () => root.unmount());
    place.remove();
    vi.clearAllMocks();
  });

  const nameOf = (element: Element) => element.getAttribute("aria-label") ?? element.textContent?.trim();
  function one<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = place.querySelector<E>(selector);
    if (found === null) throw new Error(`there is no ${selector}`);
    return found;
  }
  function field(label: string): HTMLInputElement {
    const named = place.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`);
    if (named !== null) return named;
    const found = [...place.querySelectorAll("label")].find((each) =>
      each.textContent?.trim().startsWith(label),
    );
    const input =
      found?.querySelector("input") ?? place.querySelector<HTMLInputElement>(`#${found?.htmlFor}`);
    if (!input) throw new Error(`there is no field ${label}`);
    return input;
  }
  const button = (name: string) =>
    [...place.querySelectorAll("button")].find((each) => nameOf(each) === name) ?? null;

  return {
    show: (element) => act(async () => root.render(element)),
    text: () => place.textContent ?? "",
    one,
    field,
    button,
    press: (name) =>
      act(async () => {
        const found = button(name);
        if (found === null) throw new Error(`there is no button ${name}`);
        found.focus();
        found.click();
      }),
    type: (label, text) =>
      act(async () => {
        const input = field(label);
        input.focus();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }),
  };
}
