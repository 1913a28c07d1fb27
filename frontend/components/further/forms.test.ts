// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { wholeResult } from "@/components/result/sample";
import type { File, Result } from "@/lib/contract/result";
import { animationField, type Form, formsFor, has, reasonOf, refusalOf, withFurther } from "./forms";

function file(name: string, url: string | null, bytes = 3): File {
  return { name, url, bytes, sha256: "0".repeat(64) };
}

/** A result of one further file. */
function further(files: Partial<Result["files"]>, more: Partial<Result> = {}): Result {
  const none = { animated_mesh: null, meshes: [], preview: null, archive: null };
  return { ...wholeResult(), source: null, from_animation: true, files: { ...none, ...files }, ...more };
}

function formOf(name: string): Form {
  const found = formsFor(wholeResult()).find((form) => form.name === name);
  if (found === undefined) throw new Error(`there is no form ${name}`);
  return found;
}

const names = (result: Result) => formsFor(result).map(({ name }) => name);

afterEach(() => {
  vi.unstubAllGlobals();
});

test("what a result lacks and does not show the clip is offered", () => {
  expect(names(wholeResult())).toEqual(["rig", "usdz", "alembic", "fbx", "obj"]);
  const usdz = further({ usdz: file("animated_mesh.usdz", "https://b/u") });
  expect(has(usdz, formOf("usdz"))).toBe(true);
  expect(names(withFurther(wholeResult(), [usdz]))).toEqual(["rig", "alembic", "fbx", "obj"]);
  const unmeshed = { ...wholeResult().files, animated_mesh: null };
  expect(names({ ...wholeResult(), files: unmeshed })).toEqual([]);
});

test("what had no room, or whose link has ended, is offered again, and comes in its place", () => {
  const result = wholeResult();
  for (const mesh of result.files.meshes) mesh.url = null;
  expect(names(result)).toContain("meshes");
  const meshes = further({ meshes: [file("mesh_000.glb", "https://b/0")] });
  const whole = withFurther(result, [meshes]);
  expect(names(whole)).not.toContain("meshes");
  expect(whole.files.meshes).toEqual(meshes.files.meshes);
  const unlinked = further({ meshes: [file("mesh_000.glb", null)] });
  expect(withFurther(result, [unlinked]).files).toEqual(result.files);
});

test("further files stand beside the others, and replace none", () => {
  const result = wholeResult();
  const info = { bones: 9, correctives: 0, rms: 0, p99: 0, max: 0 };
  const rig = further(
    { rigged_mesh: file("rigged_mesh.glb", "https://b/r"), animated_mesh: file("animated_mesh.glb", null) },
    { rigged_mesh_info: info },
  );
  const lacks = { code: "PROGRAM_MISSING", message: "fbx was not made: this worker lacks Blender." };
  const fbx = further({}, { warnings: [lacks] });
  const whole = withFurther(result, [rig, fbx, fbx]);
  expect(whole.files.rigged_mesh?.url).toBe("https://b/r");
  expect(whole.files.animated_mesh).toEqual(result.files.animated_mesh);
  expect(whole.rigged_mesh_info).toEqual(info);
  expect(whole.warnings).toEqual([...result.warnings, lacks]);
  expect([whole.source, whole.from_animation]).toEqual([result.source, result.from_animation]);
  expect(withFurther(result, [])).toEqual(result);
});

test("a form that was left out says why, and whether another result would fare better", () => {
  const said = (code: string, message: string) =>
    reasonOf(further({}, { warnings: [{ code, message }] }), formOf("rig"));
  const lacks = "rig was not made: this worker lacks py-dem-bones.";
  expect(said("PROGRAM_MISSING", lacks)).toEqual({ why: lacks, ofAny: true });
  const failed = "The solver failed. rig is left out.";
  expect(said("OUTPUT_LEFT_OUT", failed)).toEqual({ why: failed, ofAny: false });
  const full = "Without a bucket the answer has room for 10 MB; left out: rigged_mesh.glb.";
  expect(said("FILES_LEFT_OUT", full)).toEqual({ why: full, ofAny: false });
  expect(said("OPTION_IGNORED", "seed has no effect.").why).toBe("The link to this file has ended.");
  const ofFbx = further({}, { warnings: [{ code: "PROGRAM_MISSING", message: lacks }] });
  expect(refusalOf(ofFbx, formOf("fbx"))).toBeNull();
});

test("the worker gets a link where there is one, and rather a new one", async () => {
  const kept = file("animated_mesh.glb", "blob:http://page/1");
  const linked = file("animated_mesh.glb", "https://bucket/m.glb");
  const old = file("animated_mesh.glb", "https://bucket/m.glb?ended");
  expect(await animationField(linked, null, 0)).toEqual({ animation_url: "https://bucket/m.glb" });
  for (const mesh of [kept, old]) {
    expect(await animationField(mesh, linked, 0)).toEqual({ animation_url: "https://bucket/m.glb" });
  }
});

test("without a link the file itself is sent, if it fits", async () => {
  vi.stubGlobal("crypto", undefined); // whose hash is tested elsewhere
  const inline = file("animated_mesh.glb", "data:model/gltf-binary;base64,Z2xU");
  expect(await animationField(inline, null, 3)).toEqual({ animation_base64: "Z2xU" });
  await expect(animationField(inline, null, 2)).rejects.toMatchObject({
    error: { code: "TOO_LARGE", message: expect.stringContaining("no link to the mesh") },
  });
  const gone = file("animated_mesh.glb", null);
  await expect(animationField(gone, gone, 9)).rejects.toMatchObject({ error: { code: "FILE_GONE" } });
});
