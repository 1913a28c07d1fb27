"use client";

import { useEffect } from "react";
import { type Entry, saveResult } from "@/lib/history";
import { useJob } from "@/lib/job/useJob";
import { HistoryRow } from "./HistoryRow";

/** A job that may still run: its state is asked for, and its result kept. */
export function LiveRow({ entry, name }: { entry: Entry; name: string }) {
  const { state } = useJob(entry.id);
  const { id } = entry;
  const result = state.phase.name === "done" ? state.phase.result : null;
  useEffect(() => {
    if (result !== null) void saveResult(id, result);
  }, [id, result]);
  return <HistoryRow entry={entry} name={name} state={state} />;
}
