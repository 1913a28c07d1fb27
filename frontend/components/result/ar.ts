import type { File, Result } from "@/lib/contract/result";

/** What shows a mesh in the room that one is in: Apple's Quick Look, or Android's Scene Viewer. */
export type ArViewer = "quick-look" | "scene-viewer";

/**
 * The address that opens a result in such a viewer, which fetches the file by itself: a USDZ for Quick Look, a GLB without
 * extensions for Scene Viewer.
 *
 * @returns null where there is no such file, or no link by which others can have it
 */
export function arAddress({ files, animated_mesh_info: mesh }: Result, viewer: ArViewer): string | null {
  if (viewer === "quick-look") return publicUrl(files.usdz);
  const glb = mesh?.profile === "standard" ? publicUrl(files.animated_mesh) : null;
  if (glb === null) return null;
  const asked = new URLSearchParams({ file: glb, mode: "ar_preferred" });
  const intent = "#Intent;scheme=https;package=com.google.android.googlequicksearchbox";
  return `intent://arvr.google.com/scene-viewer/1.0?${asked}${intent};action=android.intent.action.VIEW;end;`;
}

function publicUrl(file: File | null | undefined): string | null {
  return file?.url?.startsWith("https://") ? file.url : null;
}

/** The viewer of this device; null where it has none. */
export function arViewerHere(): ArViewer | null {
  if (document.createElement("a").relList.supports("ar")) return "quick-look";
  return /android/i.test(navigator.userAgent) ? "scene-viewer" : null;
}
