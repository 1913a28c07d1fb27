// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { wholeResult } from "@/components/result/sample";
import type { File, Result } from "@/lib/contract/result";
import { animationField, formOf, formsFor, withFurther } from "./forms";

function file(name: string, url: string | null, bytes = 3): File {
  return { name, url, bytes, sha256: "0".repeat(64) };
}

/** A result of one further file. */
function further(files: Partial<Result["files"]>, more: Partial<Result> = {}): Result {
  const none = { animated_mesh: null, meshes: [], preview: null, archive: null };
  return { ...wholeResult(), source: null, from_animation: true, files: { ...none, ...files }, ...more };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("what a result lacks and does not show the clip is offered", () => {
  const names = (result: Result) => formsFor(result).map(({ name }) => name);
  expect(names(wholeResult())).toEqual(["rig", "usdz", "alembic", "fbx", "obj"]);
  const usdz = further({ usdz: file("animated_mesh.usdz", "https://b/u") });
  expect(formOf(usdz)?.name).toBe("usdz");
  expect(names(withFurther(wholeResult(), [usdz]))).toEqual(["rig", "alembic", "fbx", "obj"]);
  const unmeshed = { ...wholeResult().files, animated_mesh: null };
  expect(names({ ...wholeResult(), files: unmeshed })).toEqual([]);
});

test("further files stand beside the others, and replace none", () => {
  const result = wholeResult();
  const info = { bones: 9, correctives: 0, rms: 0, p99: 0, max: 0 };
  const rig = further(
    { rigged_mesh: file("rigged_mesh.glb", "https://b/r"), animated_mesh: file("animated_mesh.glb", null) },
    { rigged_mesh_info: info },
  );
  const lacks = { code: "OUTPUT_LEFT_OUT", message: "fbx was not made: this worker lacks Blender." };
  const fbx = further({}, { warnings: [lacks] });
  const whole = withFurther(result, [rig, fbx, fbx]);
  expect(whole.files.rigged_mesh?.url).toBe("https://b/r");
  expect(whole.files.animated_mesh).toEqual(result.files.animated_mesh);
  expect(whole.rigged_mesh_info).toEqual(info);
  expect(whole.warnings).toEqual([...result.warnings, lacks]);
  expect([whole.source, whole.from_animation]).toEqual([result.source, result.from_animation]);
  expect(formOf(fbx)).toBeUndefined();
  expect(withFurther(result, [])).toEqual(result);
});

test("the worker gets a link where there is one, also where the browser has the file", async () => {
  const kept = file("animated_mesh.glb", "blob:http://page/1");
  const linked = file("animated_mesh.glb", "https://bucket/m.glb");
  expect(await animationField(linked, null, 0)).toEqual({ animation_url: "https://bucket/m.glb" });
  expect(await animationField(kept, linked, 0)).toEqual({ animation_url: "https://bucket/m.glb" });
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
