import { size } from "@/components/ui/words";
import { failure } from "@/lib/api/failure";
import { base64Of } from "@/lib/base64";
import type { File, Result } from "@/lib/contract/result";
import { WORKER } from "@/lib/contract/worker";
import { fetchFile } from "@/lib/fetchFile";

/** A kind of file that can be made of a result afterwards. */
export interface Form {
  /** In the request's outputs. */
  name: string;
  title: string;
  about: string;
  /** Of the result's files. */
  field: keyof Result["files"];
}

type Files = Result["files"];

/** What the page offers: all that needs no clip, but for the zip and other profiles, which it makes itself. */
const FORMS: readonly Form[] = WORKER.outputs.flatMap(({ name, about, option, needs_clip, files: [file] }) =>
  needs_clip || option !== null || file === undefined || name === "animated_mesh" || name === "archive"
    ? []
    : [{ name, about, title: file.title, field: file.field as Form["field"] }],
);

/** What a result does not have, and could have; nothing where its mesh is missing. */
export function formsFor(result: Result): Form[] {
  return isMissing(result.files.animated_mesh) ? [] : FORMS.filter((form) => !has(result, form));
}

/** Whether a file of a form can be had. */
export function has(result: Result, { field }: Form): boolean {
  return !isMissing(result.files[field]);
}

/** Why the worker did not make a form of a result, and whether it can make it of none; null if it does not say. */
export function refusalOf({ warnings }: Result, { name }: Form): { why: string; ofAny: boolean } | null {
  const named = new RegExp(`\\b${name} (was not made|is left out)`);
  const found = warnings.find(({ message }) => named.test(message));
  return found === undefined ? null : { why: found.message, ofAny: found.code === "PROGRAM_MISSING" };
}

/** Why a job that has ended made nothing of a form. */
export function reasonOf(result: Result, form: Form): { why: string; ofAny: boolean } {
  const said = refusalOf(result, form);
  if (said !== null) return said;
  const left = result.warnings.find(({ code }) => code === "FILES_LEFT_OUT")?.message;
  return { why: left ?? "The link to this file has ended.", ofAny: false };
}

/** A result with the files of further ones, what these say of them, and their warnings. */
export function withFurther(result: Result, further: readonly Result[]): Result {
  return further.reduce(withOne, result);
}

function withOne(all: Result, one: Result): Result {
  const files = { ...all.files };
  for (const [field, found] of Object.entries(one.files)) {
    if (isMissing(files[field as keyof Files]) && !isMissing(found)) Object.assign(files, { [field]: found });
  }
  const told = one.warnings.filter((warning) => !isIn(all, warning));
  const rig = all.rigged_mesh_info ?? one.rigged_mesh_info ?? null;
  return { ...all, files, rigged_mesh_info: rig, warnings: [...all.warnings, ...told] };
}

function isIn({ warnings }: Result, { code, message }: Result["warnings"][number]): boolean {
  return warnings.some((warning) => warning.code === code && warning.message === message);
}

/** Whether there is none, none had room in the answer, or their links have ended. */
function isMissing(found: File | File[] | null | undefined): boolean {
  return [found].flat().every((file) => !file || file.url === null);
}

/**
 * The animated mesh as a job's input has it: its link where the worker can follow it, else the file.
 *
 * @param mesh as this page has it
 * @param linked as the server has it now, with a link that works; null where it has none
 * @param mostBytes that a request holds
 * @throws ApiFailure TOO_LARGE where it does not fit; as `fetchFile`
 */
export async function animationField(
  mesh: File,
  linked: File | null,
  mostBytes: number,
): Promise<{ animation_url: string } | { animation_base64: string }> {
  const link = [linked, mesh].find((file) => /^https?:/.test(file?.url ?? ""));
  if (link?.url) return { animation_url: link.url };
  if (mesh.bytes > mostBytes) {
    const [has, takes] = [size(mesh.bytes), size(mostBytes)];
    const why = "There is no link to the mesh that the worker could follow, and as a file it is too large";
    throw failure("TOO_LARGE", `${why}: it has ${has}, and a request takes ${takes}.`);
  }
  return { animation_base64: await base64Of(await fetchFile(mesh)) };
}
