"use client";

import Link from "next/link";
import { useClips } from "./useClips";
import { useHistory } from "./useHistory";
import { compareAddress, versionsOf } from "./versions";

/** Leads from a result to itself beside the newest other one of its clip; nothing where there is none. */
export function CompareLink({ id }: { id: string }) {
  const entries = useHistory();
  const clips = useClips(entries);
  const versions = versionsOf(entries ?? [], (of) => clips.get(of)).find((group) =>
    group.some(({ entry }) => entry.id === id),
  );
  const other = versions?.find(({ entry }) => entry.id !== id && entry.end === "done");
  if (other === undefined) return null;
  return (
    <Link href={compareAddress(other.entry.id, id)} className="button">
      Compare versions
    </Link>
  );
}
