import type { Command } from "./keyboard";
import type { Player } from "./player";

const TURN = Math.PI / 12; // radians, of one press of an arrow
const ZOOM = 0.85;

/**
 * Does what a key stands for.
 *
 * @param toggleFull null where the browser lets no element fill the screen.
 */
export function perform(command: Command, player: Player | null, toggleFull: (() => void) | null): void {
  if (player === null) return;
  const { look, turning } = player.state();
  const commands: Record<Command, () => void> = {
    play: () => player.toggle(),
    back: () => player.step(-1),
    forth: () => player.step(1),
    full: () => toggleFull?.(),
    wireframe: () => player.setLook({ wireframe: !look.wireframe }),
    texture: () => player.setLook({ textured: !look.textured }),
    grid: () => player.setLook({ grid: !look.grid }),
    joints: () => player.setLook({ joints: !look.joints }),
    turntable: () => player.setTurning(!turning),
    reset: () => player.resetView(),
    "from-front": () => player.lookFrom("front"),
    "from-side": () => player.lookFrom("side"),
    "from-back": () => player.lookFrom("back"),
    "from-top": () => player.lookFrom("top"),
    left: () => player.turn(-TURN, 0),
    right: () => player.turn(TURN, 0),
    up: () => player.turn(0, TURN),
    down: () => player.turn(0, -TURN),
    nearer: () => player.zoom(ZOOM),
    further: () => player.zoom(1 / ZOOM),
  };
  commands[command]();
}
