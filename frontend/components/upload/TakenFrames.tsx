import { MIN_FRAMES } from "@/lib/video/chosen";
import type { Taken } from "./taken";

/** Which frames are taken of the part, in words. */
export function TakenFrames({ taken }: { taken: Taken }) {
  if (taken.available !== null) {
    return (
      <p className="error" role="alert">
        The chosen part has {taken.available} frames; {taken.count} are needed. Make it longer
        {taken.count > MIN_FRAMES && ", or take fewer frames"}.
      </p>
    );
  }
  return (
    <p className="hint">
      {taken.times.length > 0
        ? `The ${taken.count} ticks are the frames that will be taken.`
        : `Of a part longer than 4 s the worker takes ${taken.count} frames, 8 a second, where most is moving; only it can tell where that is.`}
    </p>
  );
}
