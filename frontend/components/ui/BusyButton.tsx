import type { ComponentProps } from "react";

/** A button that takes no press while it is busy, and keeps the focus: one that is `disabled` loses it. */
export function BusyButton({ busy, onClick, ...rest }: ComponentProps<"button"> & { busy: boolean }) {
  return <button type="button" {...rest} aria-disabled={busy} onClick={busy ? undefined : onClick} />;
}
