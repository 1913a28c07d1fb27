import { spaced } from "@/components/ui/words";

const WORDS: readonly [RegExp, string][] = [
  [/\bNull is\b/g, "Left empty it is"],
  [/; null is\b/g, "; left empty it is"],
  [/; null takes\b/g, "; left empty it takes"],
  [/\bnull\b/g, "empty"],
  [/\bfalse makes\b/g, "off makes"],
  [/\bthe worker's MAX_FRAMES\b/g, "the most that the worker allows"],
  [/ Deprecated names: [^.]*\./g, ""], // nobody types them here
  [/\bstart_s\b/g, "the start"],
];

/** The schema's words, which name values as JSON has them, for someone before a form. */
export function plain(description: string): string {
  return spaced(WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), description));
}
