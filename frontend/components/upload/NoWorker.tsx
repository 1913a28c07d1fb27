import Link from "next/link";

/** What to do where nothing can be sent at all. */
export function NoWorker() {
  return (
    <p>
      No mesh can be made now. The <Link href="/examples">examples</Link> and your earlier results are still
      here.
    </p>
  );
}
