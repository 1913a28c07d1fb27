/** Shapes of a picture that the layout knows; `tokens.css` has the width over the height of each. */
const ASPECTS = ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"] as const;

export type Aspect = (typeof ASPECTS)[number];

/** The one of the shapes that is nearest to a video's, so that its place is there before it is; 1:1 where none is known. */
export function aspectOf(video?: { width?: number; height?: number } | null): Aspect {
  const { width = 1, height = 1 } = video ?? {};
  const off = (aspect: Aspect) => {
    const [x = 1, y = 1] = aspect.split(":").map(Number);
    return Math.abs(Math.log((width * y) / (height * x)));
  };
  return ASPECTS.reduce((best, aspect) => (off(aspect) < off(best) ? aspect : best));
}
