"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { errorOf, getHealth, getJob, submitJob } from "@/lib/api/client";
import type { ApiError } from "@/lib/api/types";
import type { Result } from "@/lib/contract/result";
import { addFurther, furtherOf, removeFurther } from "@/lib/history/further";
import { animationField, type Form, withFurther } from "./forms";

/** Further files of a result: their jobs, and the result with all that are there. */
export interface Further {
  result: Result;
  /** Those of this browser, that run or have ended. */
  jobs: readonly string[];
  /** What is being sent, by its name. */
  sending: string | null;
  /** Why the last one could not be sent. */
  error: ApiError | null;
  make: (form: Form) => void;
  /** A job has made its files. */
  done: (id: string, result: Result) => void;
  /** A job is of no use any more. */
  drop: (id: string) => void;
}

export function useFurther(id: string, result: Result): Further {
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [sending, setSending] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    setJobs(furtherOf(id));
    setResults(new Map());
  }, [id]);

  const make = useCallback(
    (form: Form) => {
      setSending(form.name);
      setError(null);
      start(id, result, form)
        .then(
          () => setJobs(furtherOf(id)),
          (thrown) => setError(errorOf(thrown)),
        )
        .finally(() => setSending(null));
    },
    [id, result],
  );
  const done = useCallback(
    (further: string, found: Result) => setResults((known) => new Map([...known, [further, found]])),
    [],
  );
  const drop = useCallback(
    (further: string) => {
      removeFurther(id, further);
      setJobs(furtherOf(id));
    },
    [id],
  );
  const whole = useMemo(() => withFurther(result, [...results.values()]), [result, results]);
  return { result: whole, jobs, sending, error, make, done, drop };
}

async function start(id: string, result: Result, form: Form): Promise<void> {
  const mesh = result.files.animated_mesh;
  if (!mesh) return;
  const [{ maxInlineBytes }, linked] = await Promise.all([getHealth(), linkedMesh(id)]);
  const input = { ...(await animationField(mesh, linked, maxInlineBytes)), outputs: [form.name] };
  addFurther(id, (await submitJob(input)).id);
}

/** The mesh as the server has it; null where it has the result no more. */
async function linkedMesh(id: string) {
  return getJob(id).then(
    ({ result }) => result?.files.animated_mesh ?? null,
    () => null,
  );
}
