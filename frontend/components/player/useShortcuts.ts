import { type RefObject, useEffect, useEffectEvent } from "react";
import { type Command, commandOf } from "./keyboard";

/** Has keys work while the focus is somewhere in an element; elsewhere on the page they do nothing. */
export function useShortcuts(element: RefObject<HTMLElement | null>, run: (command: Command) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const focused = event.target instanceof Element ? event.target.localName : "";
    const command = commandOf(event, focused);
    if (command === null) return;
    event.preventDefault();
    run(command);
  });
  useEffect(() => {
    const root = element.current;
    const listener = (event: KeyboardEvent) => onKey(event);
    root?.addEventListener("keydown", listener);
    return () => root?.removeEventListener("keydown", listener);
  }, [element]);
}
