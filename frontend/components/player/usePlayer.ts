import { type RefObject, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { newPlayer, type Player, type PlayerOptions } from "./player";
import { LOADING, type PlayerState } from "./state";

const none = () => () => undefined;

/**
 * A player in an element, made anew when its source changes.
 *
 * @param label what a screen reader says of the canvas.
 * @param hint id of the element that says how to use it.
 */
export function usePlayer(
  host: RefObject<HTMLElement | null>,
  options: PlayerOptions,
  { label, hint }: { label: string; hint: string },
): { player: Player | null; state: PlayerState; restart: () => void } {
  const [player, setPlayer] = useState<Player | null>(null);
  const [attempt, setAttempt] = useState(0);
  const from = "url" in options.source ? options.source.url : options.source.bytes;
  const make = useEffectEvent((element: HTMLElement) => newPlayer(element, options));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another source, or another attempt, is another player
  useEffect(() => {
    if (host.current === null) return;
    const made = make(host.current);
    setPlayer(made);
    return () => {
      made.dispose();
      setPlayer(null);
    };
  }, [host, from, attempt]);

  useEffect(() => {
    const canvas = player?.canvas;
    if (!canvas) return;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.setAttribute("aria-describedby", hint);
  }, [player, label, hint]);

  useEffect(() => player?.setTheme(options.theme), [player, options.theme]);

  const state = useSyncExternalStore(
    player?.subscribe ?? none,
    player?.state ?? (() => LOADING),
    () => LOADING,
  );
  return { player, state, restart: () => setAttempt((count) => count + 1) };
}
