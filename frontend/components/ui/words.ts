/** A size in words: 840 kB, 1.2 MB, 74 MB. Units are decimal, as the worker's are. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  const mega = bytes / 1e6;
  return `${mega < 9.95 ? mega.toFixed(1).replace(/\.0$/, "") : Math.round(mega)} MB`;
}

/** A length of time in words: 0.8 s, 12 s, 2 min 5 s, 1 h 3 min. */
export function span(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? "" : ` ${whole % 60} s`}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}

/** The time that is left, no more exact than it is known. */
export function left(seconds: number): string {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} s left`;
  if (seconds < 90) return "about a minute left";
  return `about ${Math.round(seconds / 60)} minutes left`;
}

/** A length of time that is not known well: 5 s, 55 s, 3 minutes. */
export function roughly(seconds: number): string {
  if (seconds < 97.5) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  return `${Math.round(seconds / 60)} minutes`;
}

/** A length of time as people say it: about 45 s, about a minute and a half, about 3 minutes. */
export function about(seconds: number): string {
  if (seconds >= 52 && seconds < 75) return "about a minute";
  if (seconds >= 75 && seconds < 105) return "about a minute and a half";
  return `about ${roughly(seconds)}`;
}

/** A moment in a video: 1.25 s. */
export function moment(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

/** A whole number with its thousands apart: 40,000. */
export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** How long ago a moment was: just now, 5 min ago, yesterday at 14:03, 3 Nov. */
export function ago(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return `today at ${time}`;
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (then.toDateString() === yesterday.toDateString()) return `yesterday at ${time}`;
  const year = then.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
}

/** A sentence of the worker, whose fields, such as subject_box, become words; names of files stay. */
export function spaced(sentence: string): string {
  return sentence.replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b(?!\.\w)/g, (name) => name.replaceAll("_", " "));
}
