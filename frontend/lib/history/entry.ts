import type { Request } from "@/lib/contract/request";

export type Mode = NonNullable<Request["mode"]>;

/** How a job has ended. */
export type End = "done" | "failed" | "cancelled" | "timed_out" | "expired";

/** A job that this browser has started. */
export interface Entry {
  id: string;
  /** After its video, such as camel. */
  name: string;
  mode: Mode;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Known once it is done. */
  engine: string | null;
  /** Of the whole job, once it is done. */
  secondsPerFrame?: number;
  /** null while it is not known to have ended. */
  end: End | null;
}

const MODES: readonly string[] = ["default", "fast", "low_ram", "fast_low_ram"] satisfies Mode[];
const ENDS: readonly unknown[] = [
  "done",
  "failed",
  "cancelled",
  "timed_out",
  "expired",
  null,
] satisfies (End | null)[];

/** The entries in a text; those that are none, of another version or damaged, are left out. */
export function entriesIn(text: string): Entry[] {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, mode, createdAt, engine, secondsPerFrame, end } = value as Record<string, unknown>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    MODES.includes(mode as string) &&
    typeof createdAt === "number" &&
    (engine === null || typeof engine === "string") &&
    (secondsPerFrame === undefined || typeof secondsPerFrame === "number") &&
    ENDS.includes(end)
  );
}
