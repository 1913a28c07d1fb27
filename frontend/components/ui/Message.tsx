import type { ReactNode } from "react";

/** A page that has little to say: a title, a sentence, what to do next. */
export function Message({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions: ReactNode;
}) {
  return (
    <section className="message">
      <h1>{title}</h1>
      <div className="message-text">{children}</div>
      <div className="message-actions">{actions}</div>
    </section>
  );
}
