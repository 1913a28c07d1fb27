import { Drawing, PATHS } from "@/components/ui/Icon";

const PLAYERS = {
  back: "M17.5 6v12L9 12zM6.5 6v12",
  forth: "M6.5 6v12l8.5-6zM17.5 6v12",
  error: "M12 4 3 19.5h18zM12 10v4.5m0 2.4v.1",
  film: PATHS.film,
  grid: "M4 9h16M4 15h16M9 4v16M15 4v16",
  home: "m4 11.5 8-6.5 8 6.5M6.5 10v9.5h11V10",
  joints:
    "M6 18.5a2 2 0 1 1 0-4 2 2 0 0 1 0 4M18 9.5a2 2 0 1 1 0-4 2 2 0 0 1 0 4M6 14.5l1-5m9.6-.5L8 15.5M7.5 9.500a2 2 0 1 1 0-4 2 2 0 0 1 0 4",
  keys: "M3 6.5h18v11H3zM7 10.5h.1m3.3 0h.1m3.3 0h.1m3.2 0h.1M8 14h8",
  large: "M4 9V4h5m6 0h5v5M4 15v5h5m6 0h5v-5",
  moon: PATHS.moon,
  pause: "M8.5 5.5v13m7-13v13",
  picture: "M4 5h16v14H4zm0 11 5-5 4 4 2.5-2.5L20 17M15.5 9.2v.1",
  play: "M7.5 5v14l11-7z",
  rig: "M12 4.5v5m0 0-5 3m5-3 5 3m-5-3v5m0 0-3 5m3-5 3 5M12 4.5a1.500 1.500 0 1 1 0-.1",
  small: "M9 4v5H4m11-5v5h5M9 20v-5H4m11 5v-5h5",
  save: "M12 4v10m0 0-4-4m4 4 4-4M5 15v4h14v-4",
  sun: PATHS.sun,
  turn: "M12 4.5c-5 0-9 1.9-9 4.3s4 4.2 9 4.2 9-1.8 9-4.2c0-1.4-1.4-2.6-3.5-3.4M12 13v-3m0 3 2.6 2M12 13v6.5",
  wires: "M12 3 4 7.5v9l8 4.5 8-4.5v-9zM4 7.5l8 4.5m0 0 8-4.5M12 12v9",
} as const;

export type PlayerIconName = keyof typeof PLAYERS;

/** The player's small line drawings; hidden from screen readers, as what stands beside them says the same. */
export function PlayerIcon({ name, size = 18 }: { name: PlayerIconName; size?: number }) {
  const filled = name === "play" || name === "back" || name === "forth";
  return (
    <Drawing path={PLAYERS[name]} size={size} filled={filled} strokeWidth={name === "pause" ? 3 : 1.75} />
  );
}
