"use client";

import Link from "next/link";
import { EndView } from "@/components/progress/EndView";
import { spaced } from "@/components/ui/words";
import type { Phase } from "@/lib/job/state";
import { wordsOf } from "@/lib/words";
import { EditAgain } from "./EditAgain";
import type { FoundDraft } from "./useDraft";

interface Props {
  id: string;
  phase: Phase;
  draft: FoundDraft | null | undefined;
  /** Whether it has just ended, so that its title takes the focus. */
  fresh: boolean;
}

/** A job that has ended without a result, and what to do next. */
export function EndedJob({ id, phase, draft, fresh }: Props) {
  const again = (
    <>
      <EditAgain id={id} draft={draft} primary />
      <Link href="/" className="button">
        Another video
      </Link>
    </>
  );
  switch (phase.name) {
    case "failed": {
      const { sentence, advice, said } = wordsOf(phase.error);
      return (
        <EndView title={sentence} actions={again} focused={fresh} code={phase.error.code} urgent>
          {said !== null && <p>The worker says: {spaced(said)}</p>}
          {advice !== null && <p>{advice}</p>}
        </EndView>
      );
    }
    case "cancelled":
      return (
        <EndView title="Cancelled" actions={again} focused={fresh}>
          <p>The job was stopped, and nothing of it is kept. The choices are.</p>
        </EndView>
      );
    case "timed_out":
      return (
        <EndView title="The job ran past its time limit" actions={again} focused={fresh} urgent>
          <p>Try Fast quality, or fewer frames.</p>
        </EndView>
      );
    default:
      return (
        <EndView title="This job is no longer kept" actions={again} focused={fresh}>
          <p>The result of this job is gone, and this browser has no copy of it.</p>
        </EndView>
      );
  }
}
