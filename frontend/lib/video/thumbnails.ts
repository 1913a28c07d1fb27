const HEIGHT_PX = 96;
const QUALITY = 0.7; // of JPEG
const WITHIN_MS = 10_000; // for one picture, or for the file to open
const SHOWN_WITHIN_MS = 500; // after a seek: a hidden tab shows no frame at all

/**
 * Small pictures of a video, evenly over it or a stretch of it, as the browser itself plays it: data: URLs of JPEG, each 96 px high.
 *
 * @param count how many
 * @param within the stretch that they are of, in seconds on the video's own clock; null is all of it
 * @param signal ends it early
 * @returns fewer than asked for, or none, where the browser cannot play the video
 */
export async function thumbnails(
  file: Blob,
  count: number,
  signal?: AbortSignal,
  within: { fromS: number; toS: number } | null = null,
): Promise<string[]> {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  const pictures: string[] = [];
  try {
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.src = url;
    await happens(video, "loadeddata", signal);
    const { fromS, toS } = within ?? { fromS: 0, toS: video.duration };
    for (let index = 0; index < count; index++) {
      const seeked = happens(video, "seeked", signal);
      const shown = isShown(video);
      video.currentTime = fromS + ((index + 0.5) / count) * (toS - fromS);
      await seeked;
      await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, SHOWN_WITHIN_MS))]);
      pictures.push(pictureOf(video));
    }
  } catch {
    // what there is so far will do
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
  return pictures;
}

function pictureOf(video: HTMLVideoElement): string {
  const canvas = document.createElement("canvas");
  canvas.height = HEIGHT_PX;
  canvas.width = Math.max(1, Math.round((HEIGHT_PX * video.videoWidth) / video.videoHeight));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY);
}

/** Waits until the video has its next frame: "seeked" may come while a canvas would still draw the last one. */
function isShown(video: HTMLVideoElement): Promise<unknown> {
  if (!("requestVideoFrameCallback" in video)) return Promise.resolve();
  return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}

/** Waits for an event; fails on the video's error, in the end, or when it is stopped. */
function happens(video: HTMLVideoElement, event: string, signal: AbortSignal | undefined): Promise<void> {
  const until = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(signal ? [signal] : [])]);
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const once = { signal: over.signal };
    const end = (settle: () => void) => () => {
      over.abort();
      settle();
    };
    video.addEventListener(event, end(resolve), once);
    video.addEventListener(
      "error",
      end(() => reject(new Error("it cannot be played"))),
      once,
    );
    until.addEventListener(
      "abort",
      end(() => reject(until.reason)),
      once,
    );
    if (until.aborted) end(() => reject(until.reason))();
  });
}
