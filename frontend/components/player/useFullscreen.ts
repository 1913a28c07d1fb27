import { type RefObject, useEffect, useState } from "react";

/** Whether an element fills the screen, and what changes that; null where the browser does not let elements. */
export function useFullscreen(element: RefObject<HTMLElement | null>): {
  full: boolean;
  toggle: (() => void) | null;
} {
  const [full, setFull] = useState(false);
  const [possible, setPossible] = useState(false);
  useEffect(() => {
    setPossible(document.fullscreenEnabled === true);
    const changed = () =>
      setFull(document.fullscreenElement !== null && document.fullscreenElement === element.current);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [element]);

  function toggle(): void {
    const change = document.fullscreenElement
      ? document.exitFullscreen()
      : element.current?.requestFullscreen();
    change?.catch(() => undefined); // refused: all stays as it is
  }

  return { full, toggle: possible ? toggle : null };
}
