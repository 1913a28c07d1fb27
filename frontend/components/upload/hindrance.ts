import { size } from "@/components/ui/words";
import type { Capabilities } from "@/lib/api/types";
import { conflictIn, KNOBS } from "@/lib/form";
import type { Choices } from "./choices";
import type { Clip } from "./clip";
import { standingOf } from "./marking";
import { planOf } from "./plan";
import { takenOf } from "./taken";

/** Why a clip cannot be sent as it is chosen, in words; null if it can. */
export function hindranceOf(
  { file, facts }: Clip,
  choices: Choices,
  capabilities: Capabilities | null,
  key: string,
): string | null {
  if (capabilities === null) return "Looking for the worker…";
  if (!capabilities.takesJobs)
    return "This page takes jobs from its own machine alone, until its operator opens it.";
  if (!capabilities.reachable) return "There is no worker to send it to now.";
  if (file.size > capabilities.maxVideoBytes) {
    return `This file is ${size(file.size)}; the limit is ${size(capabilities.maxVideoBytes)}.`;
  }
  if (capabilities.needsKey && key === "") return "Type the access key first.";
  if (takenOf(choices, facts).available !== null) return "The chosen part has too few frames.";
  const standing = standingOf(choices, takenOf(choices, facts));
  if (standing === "elsewhere") return "The part begins with another frame now: are the marks right there?";
  if (standing === "unknown")
    return "Which frame the marks are for is not known: choose a part of up to 4 s.";
  const unread = unreadIn(choices.knobs);
  if (unread !== null) return `${unread}, in the advanced settings, is not right.`;
  const conflict = conflictIn(choices.knobs, choices.numFrames);
  if (conflict !== null) return conflict;
  if (planOf(file.size, facts.canTrim, capabilities) === "impossible") {
    const most = size(capabilities.maxInlineBytes);
    return `This file is ${size(file.size)}. Without a bucket ${most} can be sent, and this browser cannot cut it.`;
  }
  return null;
}

/** The label of a number that could not be read as it was typed; null if there is none. */
export function unreadIn(knobs: Readonly<Record<string, unknown>>): string | null {
  const unread = KNOBS.find(({ kind, name }) => kind === "number" && typeof knobs[name] === "string");
  return unread?.title ?? null;
}
