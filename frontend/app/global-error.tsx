"use client";

import "./globals.css";
import { Message } from "@/components/ui/Message";

/** For faults of the layout itself. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>ActionMesh Worker</title>
        <main className="page">
          <Message
            title="This page has failed"
            actions={
              <button type="button" className="button button-primary" onClick={reset}>
                Try again
              </button>
            }
          >
            <p>That is a fault of the page. Jobs that were started go on, and stand in the studio’s list.</p>
          </Message>
        </main>
      </body>
    </html>
  );
}
