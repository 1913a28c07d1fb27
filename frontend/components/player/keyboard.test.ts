import { describe, expect, it } from "vitest";
import { commandOf, type Pressed, SHORTCUTS } from "./keyboard";

function pressed(key: string, held: Partial<Pressed> = {}): Pressed {
  return { key, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

describe("commandOf", () => {
  it("has every key that is listed", () => {
    const listed: Record<string, string> = {
      Space: " ",
      "←": "ArrowLeft",
      "→": "ArrowRight",
      "↑": "ArrowUp",
      "↓": "ArrowDown",
      "−": "-",
    };
    for (const key of SHORTCUTS.flatMap(({ keys }) => keys)) {
      expect(commandOf(pressed(listed[key] ?? key), "canvas"), key).not.toBeNull();
    }
  });

  it("takes letters of either case", () => {
    expect(commandOf(pressed("W"), "canvas")).toBe("wireframe");
    expect(commandOf(pressed("w"), "input")).toBe("wireframe");
  });

  it("leaves the arrows to the slider, and turns only the mesh that has the focus", () => {
    expect(commandOf(pressed("ArrowLeft"), "input")).toBeNull();
    expect(commandOf(pressed("ArrowLeft"), "canvas")).toBe("left");
  });

  it("leaves the space bar to buttons, letters to choices, and chords to the browser", () => {
    expect(commandOf(pressed(" "), "button")).toBeNull();
    expect(commandOf(pressed(" "), "input")).toBe("play");
    expect(commandOf(pressed("t"), "select")).toBeNull();
    expect(commandOf(pressed("f", { ctrlKey: true }), "canvas")).toBeNull();
    expect(commandOf(pressed("r", { metaKey: true }), "canvas")).toBeNull();
  });

  it("knows no other keys, and no properties of objects", () => {
    expect(commandOf(pressed("x"), "canvas")).toBeNull();
    expect(commandOf(pressed("Enter"), "canvas")).toBeNull();
  });
});
