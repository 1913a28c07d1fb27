"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useHistory } from "@/components/history/useHistory";
import { Notice } from "@/components/ui/Notice";
import type { Capabilities } from "@/lib/api/types";
import { conflictIn } from "@/lib/form";
import { remember } from "@/lib/history";
import { slug } from "@/lib/names";
import { Advanced } from "./Advanced";
import { ApiProblem } from "./ApiProblem";
import { type Choices, firstKnobs, forMasks, haveSameSubject } from "./choices";
import type { Clip } from "./clip";
import { keepDraft } from "./draft";
import { Editor } from "./Editor";
import { expectedTime } from "./expected";
import { hindranceOf } from "./hindrance";
import { KeyField } from "./KeyField";
import { NoWorker } from "./NoWorker";
import { SendPanel } from "./SendPanel";
import { SubjectCheck } from "./SubjectCheck";
import { takenOf } from "./taken";
import { useApiKey } from "./useApiKey";
import { useSend } from "./useSend";

interface Props {
  clip: Clip;
  pictures: string[];
  choices: Choices;
  /** null while they are asked for, and while the server does not answer. */
  capabilities: Capabilities | null;
  /** Whether it is known that no worker answers. */
  silent: boolean;
  onChange: (choices: Choices) => void;
  onReplace: () => void;
}

/** A video with everything that can be chosen about it, and what sends it off. */
export function Workshop({ clip, pictures, choices, capabilities, silent, onChange, onReplace }: Props) {
  const router = useRouter();
  const { sending, send, stop } = useSend();
  const history = useHistory();
  const own = history?.find((entry) => entry.engine !== null)?.engine ?? null; // of the last job that has ended
  const engine = capabilities?.engine ?? own;
  const [key, setKey] = useApiKey();

  const [checked, setChecked] = useState<{ id: string; choices: Choices } | null>(null);
  const hindrance = hindranceOf(clip, choices, capabilities, key);

  async function checkSubject() {
    if (capabilities === null) return;
    const sent = await send(clip, forMasks(choices), capabilities);
    if (sent === null) return;
    stop(); // it was sent: another can be
    setChecked({ id: sent.id, choices });
  }

  async function submit() {
    if (capabilities === null) return;
    const sent = await send(clip, choices, capabilities);
    if (sent === null) return;
    const { id, fromS } = sent;
    remember({ id, name: slug(clip.file.name), mode: choices.mode });
    const { firstS } = clip.facts;
    await keepDraft(id, {
      file: clip.file,
      name: clip.file.name,
      bytes: clip.file.size,
      choices,
      firstS,
      sentFromS: firstS + fromS,
    });
    router.push(`/jobs/${id}`);
  }

  return (
    <Editor
      clip={clip}
      pictures={pictures}
      choices={choices}
      engine={engine}
      onChange={(change) => onChange({ ...choices, ...change })}
      onReplace={onReplace}
      check={
        checked &&
        ((onMark) => (
          <SubjectCheck
            key={checked.id}
            id={checked.id}
            outdated={!haveSameSubject(checked.choices, choices)}
            busy={hindrance !== null || sending.step !== "idle"}
            onTake={() => void submit()}
            onMark={onMark}
            onAgain={() => void checkSubject()}
            onClose={() => setChecked(null)}
          />
        ))
      }
      advanced={
        <Advanced
          knobs={choices.knobs}
          first={firstKnobs(capabilities?.uploads !== "inline")}
          engine={engine}
          conflict={conflictIn(choices.knobs, choices.numFrames)}
          onChange={(knobs) => onChange({ ...choices, knobs })}
        />
      }
    >
      {capabilities?.needsKey && <KeyField value={key} onChange={setKey} />}
      {silent && (
        <Notice kind="warn" title="No worker answers">
          <NoWorker />
        </Notice>
      )}
      {sending.step === "failed" && <ApiProblem error={sending.error} />}
      {(checked === null || sending.step !== "idle") && (
        <SendPanel
          clip={clip}
          choices={choices}
          capabilities={capabilities}
          sending={sending}
          hindrance={hindrance}
          expected={expectedTime(choices.mode, takenOf(choices, clip.facts).count, history ?? [])}
          onSend={() => void submit()}
          onCheck={() => void checkSubject()}
          onStop={stop}
        />
      )}
    </Editor>
  );
}
