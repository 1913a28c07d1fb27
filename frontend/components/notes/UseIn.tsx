import type { ReactNode } from "react";
import type { Result } from "@/lib/contract/result";
import { PROGRAMS, type Program, routeOf, settingFor } from "./programs";
import styles from "./UseIn.module.css";

interface Props {
  result: Result;
  /** The animated mesh's name in the downloads folder. */
  name: string;
}

/** How to use the result elsewhere: for each program the file to take, and the clicks. */
export function UseIn({ result, name }: Props) {
  return (
    <section className={styles.root} aria-labelledby="use-in">
      <h2 id="use-in">Use it elsewhere</h2>
      <div className={styles.notes}>
        {PROGRAMS.map((program) => (
          <Note key={program.title} title={program.title}>
            <p>{wayInto(program, result)}</p>
          </Note>
        ))}
        <Note title="three.js">
          <pre className={styles.code}>
            <code>{threeCode(result, name)}</code>
          </pre>
        </Note>
        {!result.loop_info && (
          <Note title="Playing it over and over">
            <p>
              A video that does not end as it began jumps when it starts again. Play it to and fro, or run the
              job again with <em>Loop</em> in the advanced settings.
            </p>
          </Note>
        )}
      </div>
    </section>
  );
}

function wayInto(program: Program, result: Result): ReactNode {
  const route = routeOf(program, result);
  if (route)
    return (
      <>
        Take <code>{route.file}</code>. {route.how(result.fps)}
      </>
    );
  const [best] = program.routes;
  return (
    <>
      It takes none of these files. Run the job again for <code>{best.file}</code> with{" "}
      <em>{settingFor(best)}</em> in the advanced settings, on a worker with a bucket.
    </>
  );
}

function Note({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className={`disclosure ${styles.note}`}>
      <summary>{title}</summary>
      <div className={styles.text}>{children}</div>
    </details>
  );
}

function threeCode(result: Result, name: string): string {
  const compact = result.animated_mesh_info?.profile === "compact";
  const lines = [
    "const loader = new GLTFLoader();",
    ...(compact ? ["loader.setMeshoptDecoder(MeshoptDecoder);"] : []),
    `const gltf = await loader.loadAsync("${name}");`,
    "scene.add(gltf.scene);",
    "const mixer = new THREE.AnimationMixer(gltf.scene);",
    "const action = mixer.clipAction(gltf.animations[0]);",
    `action.setLoop(THREE.${result.loop_info ? "LoopRepeat" : "LoopPingPong"}, Infinity).play();`,
    "// every frame: mixer.update(seconds)",
  ];
  return lines.join("\n");
}
