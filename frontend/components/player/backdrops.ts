import type { StageTheme } from "./types";

/** What can be behind a mesh; the colours are in Player.module.css. */
export const BACKDROPS = [
  { value: "light", name: "Light", theme: "light" },
  { value: "dark", name: "Dark", theme: "dark" },
  { value: "white", name: "White", theme: "light" },
  { value: "black", name: "Black", theme: "dark" },
  { value: "green", name: "Green", theme: "light" },
] as const satisfies readonly { value: string; name: string; theme: StageTheme }[];

export type Backdrop = (typeof BACKDROPS)[number]["value"];

/** Which of the stage's two themes goes with it. */
export function themeOf(backdrop: Backdrop): StageTheme {
  return BACKDROPS.find(({ value }) => value === backdrop)?.theme ?? "light";
}
