/** Bytes of JSON beside its texts: brackets, commas, numbers and the like. */
const MOST_STRUCTURE = 64_000;
/** Quotes, two for each text and each name. */
const MOST_QUOTES = 4000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON is little more than a few texts, however long: then it is parsed in no time. Ten megabytes of zeros
 * or brackets stop the server for seconds.
 *
 * @param json its bytes, which need not be sound
 */
export function isLight(json: Uint8Array): boolean {
  if (json.byteLength <= MOST_STRUCTURE) return true;
  let structure = 0;
  let quotes = 0;
  let inText = false;
  for (let at = 0; ; ) {
    const next = json.indexOf(QUOTE, at);
    if (!inText) structure += (next < 0 ? json.byteLength : next) - at;
    if (structure > MOST_STRUCTURE) return false;
    if (next < 0) return true;
    quotes += 1;
    if (quotes > MOST_QUOTES) return false;
    if (!inText || !isEscaped(json, next)) inText = !inText;
    at = next + 1;
  }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(json: Uint8Array, at: number): boolean {
  let first = at;
  while (json[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
