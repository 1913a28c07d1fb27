"use client";

import { useEffect, useState } from "react";
import { isOver, type Phase } from "@/lib/job/state";
import { isWanted, setWanted } from "@/lib/job/wanted";

/** Whether a notification is to tell of a job's end, and what changes that. */
export interface DoneNotice {
  wanted: boolean;
  /** Whether the browser, or whoever uses it, has refused. */
  refused: boolean;
  set: (wanted: boolean) => void;
}

/** Tells of a job's end by a notification while its tab is hidden; null where the browser has none. */
export function useDoneNotice(
  id: string,
  phase: Phase,
  words: { title: string; body: string },
): DoneNotice | null {
  const [can, setCan] = useState(false);
  const [wanted, setShown] = useState(false);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    setCan("Notification" in window);
    setShown(isWanted(id));
  }, [id]);

  const { title, body } = words;
  const over = isOver(phase);
  useEffect(() => {
    if (!over || !isWanted(id)) return;
    setWanted(id, false);
    if (document.visibilityState === "hidden") tell(id, title, body);
  }, [over, id, title, body]);

  async function set(now: boolean): Promise<void> {
    const allowed = !now || (await Notification.requestPermission()) === "granted";
    setRefused(!allowed);
    setShown(now && allowed);
    setWanted(id, now && allowed);
  }

  return can ? { wanted, refused, set: (now) => void set(now) } : null;
}

function tell(id: string, title: string, body: string): void {
  try {
    const notice = new Notification(title, { body, tag: id });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
  } catch {} // phones let only service workers do it
}
