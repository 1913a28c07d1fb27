import { expect, test } from "vitest";
import { wholeResult } from "../result/sample";
import type { Profile } from "./programs";
import { PROGRAMS, routeOf, settingFor } from "./programs";

/** For each program the file that it takes of a result. */
function taken(change: (result: ReturnType<typeof wholeResult>) => void): Record<string, string | undefined> {
  const result = wholeResult();
  change(result);
  return Object.fromEntries(PROGRAMS.map((program) => [program.title, routeOf(program, result)?.file]));
}

const inProfile = (profile: Profile) =>
  taken((result) => (result.animated_mesh_info = { profile, max_error: 0 }));

test("every game engine and Blender take the standard profile", () => {
  const mesh = "animated_mesh.glb";
  expect(inProfile("standard")).toEqual({
    Blender: mesh,
    Unity: mesh,
    "Unreal Engine": mesh,
    Godot: mesh,
    "Maya, Houdini": undefined,
  });
});

test("fewer take a smaller profile", () => {
  const titles = (profile: Profile) =>
    Object.entries(inProfile(profile)).flatMap(([title, file]) => (file ? [title] : []));
  expect(titles("quantized")).toEqual(["Blender", "Unity"]);
  expect(titles("compact")).toEqual(["Unity"]);
});

test("game engines take bones before a morph target a key", () => {
  const found = taken((result) => {
    result.files.rigged_mesh = {
      name: "rigged_mesh.glb",
      url: "https://a.example/r",
      bytes: 1,
      sha256: "0".repeat(64),
    };
  });
  const rigged = Object.keys(found).filter((title) => found[title] === "rigged_mesh.glb");
  expect(rigged).toEqual(["Unity", "Unreal Engine", "Godot"]);
});

test("a file that had no room is not to be taken", () => {
  const found = taken((result) => {
    if (result.files.animated_mesh) result.files.animated_mesh.url = null;
  });
  expect(Object.values(found)).toEqual(PROGRAMS.map(() => undefined));
});

test("USDZ is for Maya and Houdini, and for Blender where the mesh is compressed", () => {
  const found = taken((result) => {
    result.animated_mesh_info = { profile: "compact", max_error: 0 };
    result.files.usdz = {
      name: "animated_mesh.usdz",
      url: "https://a.example/u",
      bytes: 1,
      sha256: "0".repeat(64),
    };
  });
  expect(found["Maya, Houdini"]).toBe("animated_mesh.usdz");
  expect(found.Blender).toBe("animated_mesh.usdz");
});

test("what is missing is named as the form names it", () => {
  const settings = PROGRAMS.map(({ routes }) => settingFor(routes[0]));
  expect(new Set(settings)).toEqual(
    new Set(["Animated mesh profile: standard", "Outputs: rig", "Outputs: alembic"]),
  );
});
