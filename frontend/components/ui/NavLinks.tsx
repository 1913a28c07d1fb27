"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import styles from "./Header.module.css";

const PAGES = [
  { href: "/", name: "Studio" },
  { href: "/examples", name: "Examples" },
] as const;

/** The pages that can be reached from everywhere. */
export function NavLinks() {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className={styles.nav}>
      {PAGES.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href || path.startsWith(`${href}/`) ? "page" : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
