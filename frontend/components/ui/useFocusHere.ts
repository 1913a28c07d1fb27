"use client";

import { type RefObject, useEffect, useRef } from "react";

/**
 * Moves the focus to an element, such as the heading of a new step, which needs `tabIndex={-1}`.
 *
 * @param when it moves as often as this becomes true
 * @param step and, while it is, as often as this becomes another
 */
export function useFocusHere<E extends HTMLElement>(when: boolean, step?: string): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    void step;
    if (when) element.current?.focus({ preventScroll: true });
  }, [when, step]);
  return element;
}
