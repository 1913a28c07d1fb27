// The player on a page of its own, for its tests: ?source=…&rigged=…&video=…&poster=…&startS=…&turning. Not a part of the site.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { MeshPlayer } from "@/components/player/MeshPlayer";
import { compareFrames, compareLights } from "./compare";
import "@/app/globals.css";

export interface Harness {
  compareFrames: typeof compareFrames;
  compareLights: typeof compareLights;
  /** Bytes and size of the picture that the player gave of itself; null until then. */
  snapshot: { bytes: number; width: number; height: number } | null;
  /** Milliseconds from the start of the page to the player's first picture. */
  firstFrameMs: number | null;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const query = new URLSearchParams(location.search);
const times = [
  0, 0.125, 0.25, 0.375, 0.5417, 0.6667, 0.7917, 0.9167, 1.0417, 1.1667, 1.2917, 1.4167, 1.5833, 1.7083,
  1.8333, 1.9583,
]; // of the sample, in seconds
const source = query.get("source");
const rigged = get("rigged");
window.harness = { compareFrames, compareLights, snapshot: null, firstFrameMs: null };

function get(name: string): string | undefined {
  return query.get(name) ?? undefined;
}

async function keepSnapshot(png: Blob): Promise<void> {
  window.harness.firstFrameMs = performance.now();
  const { width, height } = await createImageBitmap(png);
  window.harness.snapshot = { bytes: png.size, width, height };
}

const element = document.getElementById("main");
if (element !== null && source !== null) {
  createRoot(element).render(
    <StrictMode>
      <h1 className="visually-hidden">Player</h1>
      <MeshPlayer
        source={{ url: source }}
        rigged={rigged === undefined ? undefined : { url: rigged }}
        name="Fox"
        video={get("video")}
        videoStartS={Number(query.get("startS") ?? 0)}
        poster={get("poster")}
        facts={query.has("turning") ? undefined : { source: { timestamps_s: times, fps: 24 } }}
        turning={query.has("turning")}
        onSnapshot={keepSnapshot}
      />
    </StrictMode>,
  );
}
