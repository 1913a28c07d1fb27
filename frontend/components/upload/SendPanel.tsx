"use client";

import { Bar } from "@/components/ui/Bar";
import { size } from "@/components/ui/words";
import type { Capabilities } from "@/lib/api/types";
import type { Choices } from "./choices";
import type { Clip } from "./clip";
import { plansOf } from "./plan";
import styles from "./SendPanel.module.css";
import type { Sending } from "./useSend";

interface Props {
  clip: Clip;
  choices: Choices;
  /** null while they are asked for. */
  capabilities: Capabilities | null;
  sending: Sending;
  /** Why it cannot be sent as it is; null if it can. */
  hindrance: string | null;
  /** How long the job will take, in words; empty where that is not known. */
  expected: string;
  onSend: () => void;
  /** Has the worker find the subject, and nothing else. */
  onCheck: () => void;
  onStop: () => void;
}

/** What will be sent and how, the button that does it, and how far it is. */
export function SendPanel({
  clip,
  choices,
  capabilities,
  sending,
  hindrance,
  expected,
  onSend,
  onCheck,
  onStop,
}: Props) {
  if (sending.step === "cutting" || sending.step === "uploading" || sending.step === "submitting") {
    return <Working sending={sending} onStop={onStop} />;
  }
  return (
    <div className={styles.panel}>
      <div className={styles.buttons}>
        <button
          type="button"
          className={`button button-primary ${styles.send}`}
          disabled={hindrance !== null}
          aria-describedby="send-hint"
          onClick={onSend}
        >
          Make the mesh
        </button>
        <button type="button" className="button" disabled={hindrance !== null} onClick={onCheck}>
          Check the subject first
        </button>
      </div>
      <p id="send-hint" className={hindrance === null ? "hint" : "error"}>
        {hindrance ?? `${way(clip, choices, capabilities)} ${expected}`}
      </p>
    </div>
  );
}

function Working({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const percent = sending.step === "cutting" || sending.step === "uploading" ? sending.percent : null;
  const words = { cutting: "Cutting out the part", uploading: "Uploading", submitting: "Sending the job" };
  const told = sending.step in words ? words[sending.step as keyof typeof words] : "";
  return (
    <div className={styles.panel}>
      <div className={styles.line}>
        <p className={styles.step} role="status">
          {told}
        </p>
        {percent !== null && <p className={styles.percent}>{Math.round(percent)} %</p>}
      </div>
      <Bar percent={percent} label={told} />
      <button type="button" className="button" onClick={onStop}>
        Stop
      </button>
    </div>
  );
}

/** How the video gets to the worker, in words. */
function way({ file, facts }: Clip, choices: Choices, capabilities: Capabilities | null): string {
  const plan = capabilities && plansOf(file.size, facts, choices, capabilities)[0];
  switch (plan?.way) {
    case "as-is":
      return `Sends the video, ${size(plan.bytes)}.`;
    case "copy":
      return `Sends the part alone, about ${size(plan.bytes)}.`;
    case "frames":
      return `Sends only the frames that are taken, about ${size(plan.bytes)}.`;
    case "cut":
      return `Cuts out the part here first, so that at most ${size(plan.bytes)} are sent.`;
    case "upload":
      return `Uploads the whole video, ${size(plan.bytes)}: this browser cannot cut it.`;
    default:
      return "";
  }
}
