import type { File, Result } from "@/lib/contract/result";

/** All files of a result, of these kinds; a kind has one, several or none. */
export function allFiles(kinds: Partial<Result["files"]>): File[] {
  return Object.values(kinds).flatMap((found: File | File[] | null | undefined) => found ?? []);
}
