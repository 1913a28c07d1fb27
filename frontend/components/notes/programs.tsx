import type { ReactNode } from "react";
import { allFiles } from "@/lib/allFiles";
import type { AnimatedMeshInfo, Result } from "@/lib/contract/result";
import { WORKER } from "@/lib/contract/worker";

export type Profile = AnimatedMeshInfo["profile"];

/** A file that a program takes, and what to do with it there. */
export interface Route {
  /** The file's name in the result. */
  file: string;
  /** Of animated_mesh.glb: the profiles that the program takes, the best first. */
  profiles?: readonly Profile[];
  /** @param fps keys per second */
  how: (fps: number) => ReactNode;
}

/** A program, with the files that it takes, the best first: a new kind of file is a new route in its programs. */
export interface Program {
  title: string;
  routes: readonly [Route, ...Route[]];
}

const MESH = "animated_mesh.glb";
const RIG = "rigged_mesh.glb";
const USDZ = "animated_mesh.usdz";
const FBX = "animated_mesh.fbx";
const ALEMBIC = "animated_mesh.abc";
const NOT_TRIED = "So says its documentation; it has not been tried here.";

export const PROGRAMS: readonly Program[] = [
  {
    title: "Blender",
    routes: [
      {
        file: MESH,
        profiles: ["standard", "quantized"],
        how: (fps) => (
          <>
            First set the scene’s frame rate; this animation has {fps.toFixed(2)} frames per second. Then File
            → Import → glTF 2.0. There is a shape key per frame, and an action that plays them. Tried in 3.4.1
            and 5.0.1.
          </>
        ),
      },
      {
        file: USDZ,
        how: () => <>File → Import → Universal Scene Description. Tried in 5.0.1.</>,
      },
      {
        file: ALEMBIC,
        how: () => <>File → Import → Alembic. Tried in 4.5; Debian’s Blender cannot read it.</>,
      },
      {
        file: RIG,
        how: () => (
          <>File → Import → glTF 2.0: an armature, and an action that moves it. Tried in 3.4.1 and 4.5.</>
        ),
      },
    ],
  },
  {
    title: "Unity",
    routes: [
      {
        file: RIG,
        how: () => (
          <>
            Window → Package Manager → + → Add package by name: <code>com.unity.cloud.gltfast</code>. Copy the
            file into Assets: it has bones, and an animation that moves them. {NOT_TRIED}
          </>
        ),
      },
      {
        file: MESH,
        profiles: ["standard", "quantized", "compact"],
        how: () => (
          <>
            Window → Package Manager → + → Add package by name: <code>com.unity.cloud.gltfast</code>; for a
            file of the profile <em>compact</em> <code>com.unity.meshopt.decompress</code> as well. Copy the
            file into Assets. glTFast plays morph targets with Unity’s legacy animation system. {NOT_TRIED}
          </>
        ),
      },
      {
        file: FBX,
        how: () => <>Copy the file into Assets. {NOT_TRIED}</>,
      },
    ],
  },
  {
    title: "Unreal Engine",
    routes: [
      {
        file: RIG,
        how: () => <>Content Browser → Import: a skeletal mesh with its animation. {NOT_TRIED}</>,
      },
      {
        file: MESH,
        profiles: ["standard"],
        how: () => (
          <>Content Browser → Import, and choose the file. Each frame becomes a morph target. {NOT_TRIED}</>
        ),
      },
      {
        file: FBX,
        how: () => (
          <>Content Browser → Import, and choose the file with Import Morph Targets on. {NOT_TRIED}</>
        ),
      },
      {
        file: ALEMBIC,
        how: () => <>Content Browser → Import, as a Geometry Cache. {NOT_TRIED}</>,
      },
    ],
  },
  {
    title: "Godot",
    routes: [
      {
        file: RIG,
        how: () => (
          <>
            Copy the file into the project’s folder and drag it from the FileSystem dock into a scene: it has
            a skeleton, and an AnimationPlayer that moves it. {NOT_TRIED}
          </>
        ),
      },
      {
        file: MESH,
        profiles: ["standard"],
        how: () => (
          <>
            Copy the file into the project’s folder and drag it from the FileSystem dock into a scene. Its
            AnimationPlayer has the animation <code>motion</code>. Tried in 3.2.3, not in 4.
          </>
        ),
      },
    ],
  },
  {
    title: "Maya, Houdini",
    routes: [
      {
        file: ALEMBIC,
        how: () => <>Maya: Cache → Alembic Cache → Import Alembic. Houdini: an Alembic node. {NOT_TRIED}</>,
      },
      {
        file: USDZ,
        how: () => (
          <>
            Maya: Windows → General Editors → Plug-in Manager, load mayaUsdPlugin, then Create → Universal
            Scene Description (USD) → Stage From File. Houdini: a USD Import node. {NOT_TRIED}
          </>
        ),
      },
      {
        file: FBX,
        how: () => <>Maya: File → Import. {NOT_TRIED}</>,
      },
    ],
  },
];

/** What the advanced settings have to say for a job to make the file of a route. */
export function settingFor({ file, profiles }: Route): string {
  if (profiles) return `Animated mesh profile: ${profiles[0]}`;
  const kind = WORKER.outputs.find(({ files }) => files.some(({ pattern }) => pattern === file));
  return `Outputs: ${kind?.name}`;
}

/** The best file of a result that a program takes; null if it takes none of them. */
export function routeOf(program: Program, result: Result): Route | null {
  const names = new Set(
    allFiles(result.files)
      .filter((file) => file.url !== null)
      .map((file) => file.name),
  );
  const profile = result.animated_mesh_info?.profile;
  return (
    program.routes.find(
      ({ file, profiles }) =>
        names.has(file) && (!profiles || (profile !== undefined && profiles.includes(profile))),
    ) ?? null
  );
}
