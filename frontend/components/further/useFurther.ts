"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import type { Result } from "@/lib/contract/result";
import { saveResult } from "@/lib/history";
import type { End } from "@/lib/history/entry";
import { ANY, type Asked, furtherOf, noteFurther, onOtherTab } from "@/lib/history/further";
import type { Phase } from "@/lib/job/state";
import { type Form, formsFor, has, reasonOf, refusalOf, withFurther } from "./forms";

/** Further files of a result: the jobs that make them, and the result with all that are there. */
export interface Further {
  id: string;
  /** As its own job gave it. */
  own: Result;
  /** With all that was made of it. */
  result: Result;
  /** What it did not come with. */
  forms: readonly Form[];
  /** What came of a form; null where it was not asked for. */
  askedOf: (form: Form) => Asked | null;
  /** A job is about to be sent for a form. */
  sending: (form: Form) => void;
  /** It was not. */
  notSent: (form: Form) => void;
  /** It was. */
  sent: (form: Form, job: string) => void;
  /** That job has ended. */
  ended: (form: Form, job: string, phase: Extract<Phase, { name: End }>) => void;
}

/** What is told of a form if the page goes before it knows the job that makes it. */
export const LEFT =
  "This page was left while it was being sent: it may have been made, unseen. To try again does no harm.";

export function useFurther(id: string, own: Result): Further {
  const [asked, setAsked] = useState<Record<string, Asked>>({});
  const [found, setFound] = useState<ReadonlyMap<string, Result>>(new Map());
  useEffect(() => {
    setAsked(furtherOf(id));
    setFound(new Map());
    return onOtherTab(() => setAsked((known) => ({ ...known, ...withoutLeft(furtherOf(id)) })));
  }, [id]);

  const askedOf = useCallback((form: Form) => asked[form.name] ?? refusalOf(own, form), [asked, own]);
  const show = useCallback(
    (form: Form, what: Asked) => setAsked((known) => ({ ...known, [form.name]: what })),
    [],
  );
  const sending = useCallback((form: Form) => noteFurther(id, form.name, { why: LEFT }), [id]);
  const notSent = useCallback((form: Form) => noteFurther(id, form.name, null), [id]);
  const sent = useCallback(
    (form: Form, job: string) => {
      noteFurther(id, form.name, { job });
      show(form, { job });
    },
    [id, show],
  );
  const ended = useCallback<Further["ended"]>(
    (form, job, phase) => {
      if (phase.name !== "done") return noteFurther(id, form.name, null); // it is told until the page is loaded anew
      if (has(phase.result, form)) {
        void saveResult(keptAs(id, job), phase.result);
        noteFurther(ANY, form.name, null);
        return setFound((known) => new Map([...known, [job, phase.result]]));
      }
      const { why, ofAny } = reasonOf(phase.result, form);
      noteFurther(id, form.name, ofAny ? null : { why });
      if (ofAny) noteFurther(ANY, form.name, { why });
      show(form, { why });
    },
    [id, show],
  );
  const result = useMemo(() => withFurther(own, [...found.values()]), [own, found]);
  const forms = useMemo(() => formsFor(own), [own]);
  return { id, own, result, forms, askedOf, sending, sent, notSent, ended };
}

/** What another tab is sending just now it has not left. */
function withoutLeft(asked: Record<string, Asked>): Record<string, Asked> {
  return Object.fromEntries(
    Object.entries(asked).filter(([, what]) => !("why" in what && what.why === LEFT)),
  );
}

/** Where the result of a job is kept that makes a form of another result: with that. */
export function keptAs(id: string, job: string): string {
  return `${id}/${job}`;
}
