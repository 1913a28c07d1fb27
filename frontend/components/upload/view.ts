/** The stretch of a video that the fine strip shows, in seconds. */
export interface View {
  fromS: number;
  toS: number;
}

const WHOLE_S = 15; // up to so long a video is shown whole
const LEAST_S = 10; // of a longer one no less is shown
const ROOM = 2.5; // the part has so much space, as a multiple of itself
const MARGIN = 0.04; // of the view: so near its end a handle has no room to be pulled

/** Whether a video needs a strip of its own for the part. */
export function isLong(durationS: number): boolean {
  return durationS > WHOLE_S;
}

/** The view with a part in its middle. */
export function viewOf(startS: number, endS: number, durationS: number): View {
  if (!isLong(durationS)) return { fromS: 0, toS: durationS };
  const lengthS = Math.min(durationS, Math.max(LEAST_S, ROOM * (endS - startS)));
  const fromS = Math.min(durationS - lengthS, Math.max(0, (startS + endS - lengthS) / 2));
  return { fromS, toS: fromS + lengthS };
}

/** The view once a handle was let go: as it was while the part has room in it, else with the part in its middle. */
export function viewAfter(view: View, startS: number, endS: number, durationS: number): View {
  const margin = MARGIN * (view.toS - view.fromS);
  const hasRoomBefore = view.fromS <= 0 || startS >= view.fromS + margin;
  const hasRoomAfter = view.toS >= durationS || endS <= view.toS - margin;
  const next = viewOf(startS, endS, durationS);
  const isWide = next.toS - next.fromS < 0.5 * (view.toS - view.fromS);
  return hasRoomBefore && hasRoomAfter && !isWide ? view : next;
}

/** Which of pictures that are evenly spread over a video stand for those of a view, until it has its own. */
export function standIns(
  pictures: readonly string[],
  { fromS, toS }: View,
  durationS: number,
  count: number,
): string[] {
  if (pictures.length === 0) return [];
  return Array.from({ length: count }, (_, k) => {
    const atS = fromS + ((k + 0.5) / count) * (toS - fromS);
    const index = Math.min(pictures.length - 1, Math.floor((atS / durationS) * pictures.length));
    return pictures[index] ?? "";
  });
}
