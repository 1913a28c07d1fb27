"use client";

import Link from "next/link";
import { Message } from "@/components/ui/Message";

/** For faults of the page itself. Jobs go on without it. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <Message
      title="This page has failed"
      actions={
        <>
          <button type="button" className="button button-primary" onClick={reset}>
            Try again
          </button>
          <Link href="/" className="button">
            To the studio
          </Link>
        </>
      }
    >
      <p>That is a fault of the page. Jobs that were started go on, and stand in the studio’s list.</p>
    </Message>
  );
}
