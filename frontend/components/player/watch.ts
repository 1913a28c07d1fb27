/** Tells the size of an element in CSS pixels, now and whenever it changes; returns what ends that. */
export function watchSize(element: Element, onSize: (width: number, height: number) => void): () => void {
  const observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) onSize(entry.contentRect.width, entry.contentRect.height);
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** Tells whether an element can be seen: on screen, and in a tab that is shown; returns what ends that. */
export function watchSeen(element: Element, onSeen: (seen: boolean) => void): () => void {
  let onScreen = true;
  const tell = () => onSeen(onScreen && !document.hidden);
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? true;
    tell();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}
