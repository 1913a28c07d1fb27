/** The looks that a person can choose; without a choice the system's hold. */
export type Theme = "light" | "dark";

export const THEME_COOKIE = "theme";
const YEAR_S = 31_536_000;

/** A theme from a cookie's value; undefined if it is none. */
export function themeOf(value: string | undefined): Theme | undefined {
  return value === "light" || value === "dark" ? value : undefined;
}

/** What is shown now: the choice, or the system's. In the browser only. */
export function shownTheme(): Theme {
  const chosen = themeOf(document.documentElement.dataset.theme);
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** Shows a theme, and keeps it for a year in a cookie, so that the server sends pages in it. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
  dispatchEvent(new CustomEvent("themechange"));
}

/** Calls back when the theme shown changes; returns what ends that. For `useSyncExternalStore`. */
export function onThemeChange(callback: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", callback);
  addEventListener("themechange", callback);
  return () => {
    system.removeEventListener("change", callback);
    removeEventListener("themechange", callback);
  };
}
