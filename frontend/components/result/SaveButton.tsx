"use client";

import { useCallback } from "react";
import { BusyButton } from "@/components/ui/BusyButton";
import { Icon } from "@/components/ui/Icon";
import type { File } from "@/lib/contract/result";
import { saveFile } from "@/lib/files";
import styles from "./FileList.module.css";
import { useSaving } from "./useSaving";

interface Props {
  file: File;
  /** What it is, such as "Poster". */
  title: string;
  /** What the result is called. */
  name: string;
}

/** Saves one file. */
export function SaveButton({ file, title, name }: Props) {
  const { saving, save } = useSaving(
    useCallback((onPercent, signal) => saveFile(file, name, onPercent, signal), [file, name]),
  );
  return (
    <>
      <BusyButton
        className={styles.save}
        busy={saving.step === "fetching"}
        onClick={save}
        aria-label={`Save ${title}`}
        title={`Save ${title}`}
      >
        <Icon name={saving.step === "fetching" ? "clock" : "download"} />
      </BusyButton>
      {saving.step === "failed" && (
        <p className={`error ${styles.failed}`} role="alert">
          {saving.error.message}
        </p>
      )}
    </>
  );
}
