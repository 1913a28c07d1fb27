"use client";

import { useCallback } from "react";
import { Bar } from "@/components/ui/Bar";
import { BusyButton } from "@/components/ui/BusyButton";
import { Icon } from "@/components/ui/Icon";
import { size } from "@/components/ui/words";
import { ApiProblem } from "@/components/upload/ApiProblem";
import type { Result } from "@/lib/contract/result";
import { saveZip } from "@/lib/files";
import styles from "./ResultView.module.css";
import { useSaving } from "./useSaving";

/** Saves all files as one zip. */
export function ZipButton({ result, name, bytes }: { result: Result; name: string; bytes: number }) {
  const { saving, save } = useSaving(
    useCallback((onPercent, signal) => saveZip(result, name, onPercent, signal), [result, name]),
  );
  return (
    <div className={styles.zip}>
      <BusyButton className="button button-primary" busy={saving.step === "fetching"} onClick={save}>
        <Icon name="download" size={18} />
        Save all as zip, {size(bytes)}
      </BusyButton>
      {saving.step === "fetching" && <Bar percent={saving.percent} label="Fetching the files" />}
      {saving.step === "failed" && <ApiProblem error={saving.error} />}
    </div>
  );
}
