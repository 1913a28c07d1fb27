"use client";

import type { ReactNode } from "react";
import { Notice } from "@/components/ui/Notice";
import { spaced } from "@/components/ui/words";
import type { ApiError } from "@/lib/api/types";
import { wordsOf } from "@/lib/words";

interface Props {
  error: ApiError;
  /** What it is about, such as a file's name. */
  about?: string;
  actions?: ReactNode;
}

/** What went wrong, in a person's words, and what to do about it. */
export function ApiProblem({ error, about, actions }: Props) {
  const { sentence, advice, said } = wordsOf(error);
  return (
    <Notice kind="error" title={sentence} actions={actions}>
      {said !== null && <p>{spaced(said)}</p>}
      {(about !== undefined || advice !== null) && (
        <p>
          {about !== undefined && <strong>{about}. </strong>}
          {advice}
        </p>
      )}
    </Notice>
  );
}
