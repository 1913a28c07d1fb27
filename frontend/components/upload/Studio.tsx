"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { Notice } from "@/components/ui/Notice";
import { size } from "@/components/ui/words";
import { getHealth } from "@/lib/api/client";
import { ApiProblem } from "./ApiProblem";
import { type Choices, firstChoices } from "./choices";
import { DropZone } from "./DropZone";
import { type Draft, draftOf, isOf } from "./draft";
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
  const [wanted, setWanted] = useState<Draft | "lost" | null>(null); // whose video is to be chosen again

  async function take(file: File, from: Draft | "lost" | null) {
    const chosen = from !== null && from !== "lost" && isOf(file, from) ? from.choices : null;
    const can = capabilities ?? (await getHealth().catch(() => null)); // so early it may not be known yet
    const clip = await open(file);
    if (clip === null) return;
    setChoices(chosen ?? firstChoices(clip.facts.durationS, can?.uploads !== "inline"));
    scrollTo({ top: 0 });
  }

  const takeAgain = useEffectEvent(async (id: string) => {
    const draft = await draftOf(id);
    if (draft?.file) await take(draft.file, draft);
    else setWanted(draft ?? "lost");
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
          {wanted !== null && <Wanted draft={wanted} />}
          <DropZone
            opening={state.step === "opening" ? state.name : null}
            onFile={(file) => void take(file, wanted)}
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

/** A job is to be edited whose video this browser has not kept. */
function Wanted({ draft }: { draft: Draft | "lost" }) {
  if (draft === "lost") {
    return (
      <Notice kind="info" title="The clip of that job is not in this browser">
        <p>Choose it again, or another.</p>
      </Notice>
    );
  }
  return (
    <Notice kind="info" title={`Choose ${draft.name} again`}>
      <p>
        It has {size(draft.bytes)}, too much for this browser to keep. Its part, marks and settings will be as
        they were.
      </p>
    </Notice>
  );
}
