"use client";

import { type ReactNode, useMemo } from "react";
import { UseIn } from "@/components/notes/UseIn";
import type { Result } from "@/lib/contract/result";
import { downloadName } from "@/lib/files";
import { haveEnded } from "@/lib/links";
import { ArLink } from "./ArLink";
import { downloadable, entriesOf } from "./entries";
import { Facts } from "./Facts";
import { FileList } from "./FileList";
import { Preview } from "./Preview";
import { Remarks } from "./Remarks";
import styles from "./ResultView.module.css";
import { untilOf } from "./until";
import { ZipButton } from "./ZipButton";

interface Props {
  result: Result;
  /** What the files are called after, such as "camel". */
  name: string;
  /** The player, or what stands in its place. */
  player: ReactNode;
  /** Below the files, such as what else can be made. */
  more?: ReactNode;
  /** Whether this browser has it, with its files. */
  kept?: boolean;
  /** Above the player, such as that this is what the browser kept. */
  notice?: ReactNode;
}

/** A finished job: the mesh playing, its figures, its files, what to do with them. */
export function ResultView({ result, name, player, more, kept = false, notice }: Props) {
  const entries = useMemo(() => entriesOf(result), [result]);
  const { files, bytes } = downloadable(entries);
  const preview = result.files.preview?.url;
  const nowMs = Date.now();
  const lasts = [untilOf(result, nowMs), kept && "This browser has kept it."].filter(Boolean).join(" ");
  return (
    <div className={styles.view}>
      {notice}
      {player}
      <Facts result={result} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <section className={styles.column} aria-labelledby="files">
            <h2 id="files">Files</h2>
            <ArLink result={result} />
            {lasts !== "" && <p className="hint">{lasts}</p>}
            <div className={styles.files}>
              <FileList
                entries={entries}
                name={name}
                missing={haveEnded(result, nowMs) ? "Link ended" : "No room"}
              />
              {files.length > 1 && <ZipButton result={result} name={name} bytes={bytes} />}
              {more}
            </div>
          </section>
          {preview && <Preview url={preview} poster={result.files.poster?.url ?? undefined} />}
        </div>
        <div className={styles.column}>
          <Remarks result={result} />
          {result.animated_mesh_info && (
            <UseIn result={result} name={downloadName("animated_mesh.glb", name)} />
          )}
        </div>
      </div>
    </div>
  );
}
