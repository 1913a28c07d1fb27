"use client";

import { useEffect, useState } from "react";
import { type Draft, draftOf } from "@/components/upload/draft";

export interface FoundDraft extends Draft {
  /** An object URL of the video; null where it was too large to be kept. */
  url: string | null;
}

/** What a job was made of; null where this browser does not have it, undefined while it is looked for. */
export function useDraft(id: string): FoundDraft | null | undefined {
  const [found, setFound] = useState<FoundDraft | null | undefined>(undefined);
  useEffect(() => {
    let url: string | null = null;
    let over = false;
    void draftOf(id).then((draft) => {
      if (over) return;
      if (draft?.file) url = URL.createObjectURL(draft.file);
      setFound(draft && { ...draft, url });
    });
    return () => {
      over = true;
      if (url !== null) URL.revokeObjectURL(url);
      setFound(undefined);
    };
  }, [id]);
  return found;
}
