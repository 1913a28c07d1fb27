"use client";

import { type RefObject, useEffect, useRef } from "react";

/**
 * Moves the focus to an element, such as the heading of a new step, which needs `tabIndex={-1}`.
 *
 * @param when it moves as often as this becomes true
 */
export function useFocusHere<E extends HTMLElement>(when: boolean): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (when) element.current?.focus({ preventScroll: true });
  }, [when]);
  return element;
}
