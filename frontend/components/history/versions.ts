import type { Entry } from "@/lib/history";

/** A job of a clip that may have several. */
export interface Version {
  entry: Entry;
  /** Counted from 1, the oldest first. */
  number: number;
}

/**
 * The jobs of each clip together, the newest first; clips in the order of their newest job.
 *
 * @param clipOf what jobs of one clip share; undefined where it is not known: then a job stands alone
 */
export function versionsOf(
  entries: readonly Entry[],
  clipOf: (id: string) => string | undefined,
): Version[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const clip = clipOf(entry.id) ?? `job ${entry.id}`;
    groups.set(clip, [...(groups.get(clip) ?? []), entry]);
  }
  return [...groups.values()].map((group) =>
    group.map((entry, index) => ({ entry, number: group.length - index })),
  );
}

/** The two newest jobs with a result, the older first; null where there are no two. */
export function comparable(versions: readonly Version[]): [Version, Version] | null {
  const [newest, before] = versions.filter(({ entry }) => entry.end === "done");
  return newest && before ? [before, newest] : null;
}

/** The address of the page that shows two results side by side. */
export function compareAddress(first: string, second: string): string {
  return `/compare?${new URLSearchParams({ first, second })}`;
}
