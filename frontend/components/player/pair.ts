import type { Player } from "./player";

/**
 * Couples two players: both are looked at in the same way, whichever is turned, and the second stands where the first is,
 * as a share of each animation.
 *
 * @returns what ends that
 */
export function couple(first: Player, second: Player): () => void {
  const view = first.view();
  if (view !== null) second.setView(view);
  const endings = [
    first.onView((now) => second.setView(now)),
    second.onView((now) => first.setView(now)),
    first.onTime((share) => second.showAt(share)),
  ];
  return () => {
    for (const end of endings) end();
  };
}

/** Both as one, for the controls: what is shown goes to both, what plays and turns to the first, which leads. */
export function bothOf(first: Player, second: Player): Player {
  return {
    ...first,
    setLook(change) {
      first.setLook(change);
      second.setLook(change);
    },
  };
}
