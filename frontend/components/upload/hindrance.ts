import { size } from "@/components/ui/words";
import type { Capabilities } from "@/lib/api/types";
import { conflictIn, KNOBS } from "@/lib/form";
import type { Choices } from "./choices";
import type { Clip } from "./clip";
import { standingOf } from "./marking";
import { plansOf } from "./plan";
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
  if (plansOf(file.size, facts, choices, capabilities).length === 0) return tooMuch(file.size, capabilities);
  return null;
}

/** Why there is no way to send a video, whole or in part. */
function tooMuch(bytes: number, { uploads, maxInlineBytes, maxVideoBytes }: Capabilities): string {
  const most = size(uploads === "bucket" ? maxVideoBytes : maxInlineBytes);
  return `This file is ${size(bytes)}. Up to ${most} can be sent from here, and the part cannot be made so small: choose a shorter one.`;
}

/** The label of a number that could not be read as it was typed; null if there is none. */
export function unreadIn(knobs: Readonly<Record<string, unknown>>): string | null {
  const unread = KNOBS.find(({ kind, name }) => kind === "number" && typeof knobs[name] === "string");
  return unread?.title ?? null;
}
