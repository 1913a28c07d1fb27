import Link from "next/link";
import styles from "./Header.module.css";
import { NavLinks } from "./NavLinks";
import { ThemeToggle } from "./ThemeToggle";

/** The top of every page. */
export function Header() {
  return (
    <header className={styles.header}>
      <div className={styles.inner}>
        <Link href="/" className={styles.brand}>
          <Mark />
          <span>
            ActionMesh <span className={styles.worker}>Worker</span>
          </span>
        </Link>
        <NavLinks />
        <ThemeToggle />
      </div>
    </header>
  );
}

/** The project's mark: a hexagon of three faces. */
function Mark() {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width="26"
      height="26"
      viewBox="0 0 32 32"
      className={styles.mark}
    >
      <path d="M16 2 28.1 9 16 16 3.9 9Z" opacity="0.45" />
      <path d="M28.1 9v14L16 30V16Z" opacity="0.75" />
      <path d="M3.9 9 16 16v14L3.9 23Z" />
    </svg>
  );
}
