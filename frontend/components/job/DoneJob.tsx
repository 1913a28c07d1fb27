"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { useFurther } from "@/components/further/useFurther";
import { ResultView } from "@/components/result/ResultView";
import { LazyPlayer } from "@/components/ui/LazyPlayer";
import { Notice } from "@/components/ui/Notice";
import type { Result } from "@/lib/contract/result";
import { type Saved, saveResult, saveThumbnail } from "@/lib/history";
import type { FoundDraft } from "./useDraft";

const MoreForms = dynamic(() => import("@/components/further/MoreForms").then(({ MoreForms }) => MoreForms), {
  ssr: false,
});

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
  const further = useFurther(id, result);
  const { animated_mesh, rigged_mesh } = further.result.files;
  const [mesh, rigged] = [animated_mesh?.url, rigged_mesh?.url];
  const shown = mesh ?? rigged;
  return (
    <ResultView
      result={further.result}
      name={name}
      more={<MoreForms further={further} />}
      kept={saved === "kept"}
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
