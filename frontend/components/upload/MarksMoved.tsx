import { Notice } from "@/components/ui/Notice";
import type { Standing } from "./marking";

interface Props {
  standing: Standing;
  /** Whether the frame that they are to be for is shown. */
  seen: boolean;
  onLook: () => void;
  onKeep: () => void;
  onClear: () => void;
}

/** Asks about marks that were made on another frame than the one that they would be sent for. */
export function MarksMoved({ standing, seen, onLook, onKeep, onClear }: Props) {
  if (standing === "unknown") {
    return (
      <Notice kind="warn" title="Only the worker knows the first frame">
        <p>
          Marks are for the first frame taken. Of a part longer than 4 s only the worker can tell which that
          is: choose a shorter one, or set Frames per second in the advanced settings.
        </p>
      </Notice>
    );
  }
  if (standing !== "elsewhere") return null;
  return (
    <Notice
      kind="warn"
      title="The part begins with another frame now"
      actions={
        <>
          <button type="button" className="button" onClick={seen ? onKeep : onLook}>
            {seen ? "The marks are right" : "Show that frame"}
          </button>
          <button type="button" className="button" onClick={onClear}>
            Mark anew
          </button>
        </>
      }
    >
      <p>{seen ? "Are the marks on the subject here?" : "The marks were made on the one before."}</p>
    </Notice>
  );
}
