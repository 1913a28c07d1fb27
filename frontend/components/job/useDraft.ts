"use client";

import { useEffect, useState } from "react";
import { type Draft, draftOf } from "@/components/upload/draft";

export interface FoundDraft extends Draft {
  /** An object URL of the video. */
  url: string;
}

/** What a job was made of, if this browser has it; null while it is looked for, and where it has not. */
export function useDraft(id: string): FoundDraft | null {
  const [found, setFound] = useState<FoundDraft | null>(null);
  useEffect(() => {
    let url: string | null = null;
    let over = false;
    void draftOf(id).then((draft) => {
      if (draft === null || over) return;
      url = URL.createObjectURL(draft.file);
      setFound({ ...draft, url });
    });
    return () => {
      over = true;
      if (url !== null) URL.revokeObjectURL(url);
      setFound(null);
    };
  }, [id]);
  return found;
}
