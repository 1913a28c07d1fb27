"use client";

import { useEffect, useState } from "react";
import { draftOf } from "@/components/upload/draft";
import type { Entry } from "@/lib/history";

/** What the clip of each job is known by; jobs of one clip have the same. Of jobs without a draft there is nothing. */
export function useClips(entries: readonly Entry[] | null): ReadonlyMap<string, string> {
  const [clips, setClips] = useState<ReadonlyMap<string, string>>(new Map());
  const ids = (entries ?? []).map(({ id }) => id).join(" ");
  useEffect(() => {
    let over = false;
    const found = ids.split(" ").map(async (id) => {
      const draft = id === "" ? null : await draftOf(id);
      return draft === null ? [] : [[id, `${draft.name} ${draft.bytes}`] as const];
    });
    void Promise.all(found).then((all) => over || setClips(new Map(all.flat())));
    return () => {
      over = true;
    };
  }, [ids]);
  return clips;
}
