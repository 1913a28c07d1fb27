import Link from "next/link";
import { size } from "@/components/ui/words";
import type { FoundDraft } from "./useDraft";

interface Props {
  id: string;
  draft: FoundDraft | null | undefined;
  primary?: boolean;
}

/** Leads back to the studio with the job's clip, part, marks and settings as they were; nothing where there are none. */
export function EditAgain({ id, draft, primary = false }: Props) {
  if (!draft) return null;
  return (
    <Link href={`/?again=${id}`} className={primary ? "button button-primary" : "button"}>
      Edit and run again
    </Link>
  );
}

/** What is missing for it, in words; null if nothing is, or it is not known yet. */
export function missingFor(draft: FoundDraft | null | undefined): string | null {
  if (draft === null) return "The clip is not in this browser, so that it cannot be edited here.";
  if (draft === undefined || draft.url !== null) return null;
  return `To edit it, choose ${draft.name} again: ${size(draft.bytes)} are too much for this browser to keep.`;
}
