"use client";

import type { ReactNode } from "react";
import { Notice } from "@/components/ui/Notice";
import { spaced } from "@/components/ui/words";
import type { ApiError } from "@/lib/api/types";
import { AGAIN, wordsOf } from "@/lib/words";

interface Props {
  error: ApiError;
  /** What it is about, such as a file's name. */
  about?: string;
  actions?: ReactNode;
  /** What to do about it, where that is something else than usual. */
  advice?: string | undefined;
}

/** What went wrong, in a person's words, and what to do about it. */
export function ApiProblem({ error, about, actions, advice = wordsOf(error).advice ?? undefined }: Props) {
  const { sentence, said } = wordsOf(error);
  return (
    <Notice kind="error" title={sentence} actions={actions}>
      {said !== null && <p>{spaced(said)}</p>}
      {(about !== undefined || advice !== undefined) && (
        <p>
          {about !== undefined && <strong>{about}. </strong>}
          {advice}
        </p>
      )}
      {advice === AGAIN && <p className="hint">{error.code}</p>}
    </Notice>
  );
}
