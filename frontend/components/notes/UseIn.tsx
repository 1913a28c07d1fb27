import type { ReactNode } from "react";
import type { AnimatedMeshInfo } from "@/lib/contract/result";
import styles from "./UseIn.module.css";

interface Props {
  profile: AnimatedMeshInfo["profile"];
  fps: number;
  /** The animated mesh's name in the downloads folder. */
  name: string;
}

/** How to use the animated mesh elsewhere. Each note holds for the profile that the file has. */
export function UseIn({ profile, fps, name }: Props) {
  const compact = profile === "compact";
  return (
    <section className={styles.root} aria-labelledby="use-in">
      <h2 id="use-in">Use it elsewhere</h2>
      <div className={styles.notes}>
        <Note title="Blender">
          {compact ? (
            <p>
              Blender up to 5.0 does not read this compact file. Run the job again with{" "}
              <em>Animated mesh profile: default</em>, in the advanced settings, on a worker with a bucket.
            </p>
          ) : (
            <p>
              {profile === "default" ? "Blender 3.4 or newer: " : ""}File → Import → glTF 2.0. First set the
              scene’s frame rate; this animation has {fps.toFixed(2)} frames per second. There is a shape key
              per frame, and an action that plays them.
            </p>
          )}
        </Note>
        <Note title="three.js">
          <pre className={styles.code}>
            <code>{threeCode(compact, name)}</code>
          </pre>
        </Note>
        <Note title="Unity">
          <p>
            Add the package <code>com.unity.cloud.gltfast</code> by name
            {compact && (
              <>
                , and <code>com.unity.meshopt.decompress</code> for this compact file
              </>
            )}
            . Then copy the file into Assets. By its documentation glTFast imports morph targets with Unity’s
            legacy animation system; it has not been tried here.
          </p>
        </Note>
        <Note title="Playing it over and over">
          <p>A video that does not end as it began jumps when it starts again. Play it to and fro instead.</p>
        </Note>
      </div>
    </section>
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

function threeCode(compact: boolean, name: string): string {
  const lines = [
    "const loader = new GLTFLoader();",
    ...(compact ? ["loader.setMeshoptDecoder(MeshoptDecoder);"] : []),
    `const gltf = await loader.loadAsync("${name}");`,
    "scene.add(gltf.scene);",
    "const mixer = new THREE.AnimationMixer(gltf.scene);",
    "const action = mixer.clipAction(gltf.animations[0]);",
    "action.setLoop(THREE.LoopPingPong, Infinity).play();",
    "// every frame: mixer.update(seconds)",
  ];
  return lines.join("\n");
}
