"use client";

import { useSyncExternalStore } from "react";
import { Icon } from "@/components/ui/Icon";
import styles from "./Header.module.css";
import { chooseTheme, onThemeChange, shownTheme } from "./theme";

/** Switches between light and dark. */
export function ThemeToggle() {
  const theme = useSyncExternalStore(onThemeChange, shownTheme, () => "light" as const);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className={styles.toggle}
      onClick={() => chooseTheme(other)}
      aria-label={other === "dark" ? "Dark mode" : "Light mode"}
      title={other === "dark" ? "Dark mode" : "Light mode"}
    >
      <Icon name={other === "dark" ? "moon" : "sun"} />
    </button>
  );
}
