import type { Metadata } from "next";
import Link from "next/link";
import { Message } from "@/components/ui/Message";

export const metadata: Metadata = { title: "Not found" };

/** For addresses that lead nowhere. */
export default function NotFound() {
  return (
    <Message
      title="There is no such page"
      actions={
        <Link href="/" className="button button-primary">
          To the studio
        </Link>
      }
    >
      <p>The address may be cut short. A job’s address looks like /jobs/ followed by its id.</p>
    </Message>
  );
}
