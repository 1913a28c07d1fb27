"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { Notice } from "@/components/ui/Notice";
import { getHealth } from "@/lib/api/client";
import { ApiProblem } from "./ApiProblem";
import { type Choices, firstChoices } from "./choices";
import { DropZone } from "./DropZone";
import { draftOf } from "./draft";
import { NoWorker } from "./NoWorker";
import styles from "./Studio.module.css";
import { useCapabilities } from "./useCapabilities";
import { useClip } from "./useClip";

/** Its code comes when there is a video. */
const Workshop = dynamic(() => import("./Workshop").then((module) => module.Workshop));

interface Props {
  /** A job whose video and choices to start from. */
  again: string | null;
  /** The first screen's words, and its example. */
  words: ReactNode;
  example: ReactNode;
  /** What stands below the first screen. */
  below: ReactNode;
}

/** Where jobs are made: a place to drop a video, then everything that can be chosen about it. */
export function Studio({ again, words, example, below }: Props) {
  const found = useCapabilities();
  const capabilities = found === "offline" ? null : found;
  const silent = found === "offline" || found?.reachable === false;
  const { state, open, close } = useClip();
  const [choices, setChoices] = useState<Choices | null>(null);

  async function take(file: File, chosen?: Choices) {
    const can = capabilities ?? (await getHealth().catch(() => null)); // so early it may not be known yet
    const clip = await open(file, can?.maxVideoBytes ?? null);
    if (clip === null) return;
    setChoices(chosen ?? firstChoices(clip.facts.durationS, can?.uploads !== "inline"));
    scrollTo({ top: 0 });
  }

  const takeAgain = useEffectEvent(async (id: string) => {
    const draft = await draftOf(id);
    if (draft !== null) await take(draft.file, draft.choices);
  });
  useEffect(() => {
    if (again !== null) void takeAgain(again);
  }, [again]);

  if (state.step === "open" && choices !== null) {
    return (
      <Workshop
        key={state.clip.url}
        clip={state.clip}
        pictures={state.pictures}
        choices={choices}
        capabilities={capabilities}
        silent={silent}
        onChange={setChoices}
        onReplace={close}
      />
    );
  }
  return (
    <>
      <div className={styles.first}>
        <div className={styles.words}>{words}</div>
        <div className={styles.drop}>
          <DropZone
            maxBytes={capabilities?.maxVideoBytes ?? null}
            opening={state.step === "opening" ? state.name : null}
            onFile={(file) => void take(file)}
          />
          {state.step === "refused" && <ApiProblem error={state.error} about={state.name} />}
          {silent && (
            <Notice kind="warn" title="No worker answers">
              <NoWorker />
            </Notice>
          )}
        </div>
        <div>{example}</div>
      </div>
      {below}
    </>
  );
}
