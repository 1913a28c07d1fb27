"use client";

import { ResultView } from "@/components/result/ResultView";
import { LazyPlayer } from "@/components/ui/LazyPlayer";
import type { Result } from "@/lib/contract/result";
import { atFolder } from "./atFolder";

interface Props {
  /** As the worker gave it: addresses relative to its own. */
  result: Result;
  /** Where its files lie. */
  folder: string;
  /** The name of its clip there. */
  clip: string;
  name: string;
}

/** A bundled result: plays and can be saved without a worker. */
export function Example({ result, folder, clip, name }: Props) {
  const placed = atFolder(result, folder);
  const mesh = placed.files.animated_mesh?.url;
  return (
    <ResultView
      result={placed}
      name={name}
      player={
        mesh && (
          <LazyPlayer
            source={{ url: mesh }}
            name={name}
            video={`${folder}/${clip}`}
            poster={`${folder}/poster.webp`}
            facts={placed}
          />
        )
      }
    />
  );
}
