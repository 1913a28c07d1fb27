import type { SideName } from "./camera";

/** What a key does in the player. */
export type Command =
  | "play"
  | "back"
  | "forth"
  | "full"
  | "wireframe"
  | "texture"
  | "grid"
  | "joints"
  | "turntable"
  | "reset"
  | `from-${SideName}`
  | "left"
  | "right"
  | "up"
  | "down"
  | "nearer"
  | "further";

/** The keys as they are listed for people. */
export const SHORTCUTS: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ["Space"], does: "Play or pause" },
  { keys: [",", "."], does: "One frame back, or on" },
  { keys: ["F"], does: "Full screen" },
  { keys: ["W"], does: "Wireframe" },
  { keys: ["T"], does: "Texture" },
  { keys: ["G"], does: "Grid" },
  { keys: ["J"], does: "Joints, where the mesh has a rig" },
  { keys: ["S"], does: "Turntable" },
  { keys: ["R"], does: "Reset the view" },
  { keys: ["1", "2", "3", "4"], does: "From the front, side, back, top" },
  { keys: ["←", "→", "↑", "↓"], does: "Turn the view, while the mesh has the focus" },
  { keys: ["+", "−"], does: "Nearer, further, while the mesh has the focus" },
];

const ANYWHERE: Record<string, Command> = {
  " ": "play",
  ",": "back",
  ".": "forth",
  f: "full",
  w: "wireframe",
  t: "texture",
  g: "grid",
  j: "joints",
  s: "turntable",
  r: "reset",
  "1": "from-front",
  "2": "from-side",
  "3": "from-back",
  "4": "from-top",
};

const ON_THE_MESH: Record<string, Command> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "nearer",
  "=": "nearer",
  "-": "further",
};

/** The part of a key event that counts. */
export type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/**
 * What a key is to do; null if it is not the player's.
 *
 * @param focused the name of the element that has the focus, in lower case: buttons keep the space bar, and
 *   choices keep letters, by which they are searched.
 */
export function commandOf({ key, ctrlKey, metaKey, altKey }: Pressed, focused: string): Command | null {
  if (ctrlKey || metaKey || altKey || focused === "select") return null;
  if (focused === "canvas" && key in ON_THE_MESH) return ON_THE_MESH[key] ?? null;
  if (key === " " && (focused === "button" || focused === "a")) return null;
  return ANYWHERE[key.length === 1 ? key.toLowerCase() : key] ?? null;
}
