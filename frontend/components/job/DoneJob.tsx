"use client";

import { useEffect, useState } from "react";
import { ResultView } from "@/components/result/ResultView";
import { LazyPlayer } from "@/components/ui/LazyPlayer";
import { Notice } from "@/components/ui/Notice";
import type { Result } from "@/lib/contract/result";
import { type Saved, saveResult, saveThumbnail } from "@/lib/history";
import type { FoundDraft } from "./useDraft";

interface Props {
  id: string;
  result: Result;
  name: string;
  draft: FoundDraft | null | undefined;
}

/** A finished job; it is kept in this browser. */
export function DoneJob({ id, result, name, draft }: Props) {
  const [saved, setSaved] = useState<Saved | null>(null);
  useEffect(() => {
    void saveResult(id, result).then(setSaved);
  }, [id, result]);
  const [mesh, rigged] = [result.files.animated_mesh?.url, result.files.rigged_mesh?.url];
  const shown = mesh ?? rigged;
  return (
    <ResultView
      result={result}
      name={name}
      notice={
        saved === "no room" && (
          <Notice kind="warn" title="This browser has no room to keep the result">
            <p>Save what you need: the worker’s copy goes after a while.</p>
          </Notice>
        )
      }
      player={
        shown ? (
          <LazyPlayer
            source={{ url: shown }}
            rigged={mesh && rigged ? { url: rigged } : undefined}
            name={name}
            facts={result}
            video={draft?.url ?? undefined}
            videoStartS={draft?.sentFromS}
            poster={result.files.poster?.url ?? undefined}
            onSnapshot={(picture) => void saveThumbnail(id, picture)}
          />
        ) : (
          <Notice kind="info" title="There is no animated mesh to play">
            <p>It was not asked for, had no room, or its link has ended.</p>
          </Notice>
        )
      }
    />
  );
}
