/** The most frames that the tables of a track, or one fragment of it, may claim: a demuxer writes each of them out. */
export const MOST_IN_RUN = 2_000_000;

const CONTAINERS = new Set(["moov", "trak", "mdia", "minf", "stbl", "moof", "traf"]);
const LARGEST_INDEX = 64_000_000; // bytes of a moov or moof
const MOST_BOXES = 100_000; // at the top of a file
const HEADER = 16; // bytes, with a long size

/**
 * Whether an MP4 or MOV claims runs of frames that no video has. A few damaged bytes can make 4 billion of a count,
 * and the page would stand still while they are written out. Of any other kind of file it says no.
 */
export async function claimsTooMuch(file: Blob): Promise<boolean> {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at + 8 <= file.size; box++) {
    const head = await viewOf(file, at, HEADER);
    const { type, start, size } = boxAt(head, 0, file.size - at);
    if (box === 0 && !/^[\w ]{4}$/.test(type)) return false;
    if (type === "moov" || type === "moof") {
      if (size > LARGEST_INDEX) return true;
      const index = await viewOf(file, at + start, size - start);
      if (hasLongRun(index, 0, index.byteLength)) return true;
    }
    at += Math.max(size, 8);
  }
  return false;
}

async function viewOf(file: Blob, start: number, length: number): Promise<DataView> {
  return new DataView(await file.slice(start, start + length).arrayBuffer());
}

/** A box's type, where its content starts, and its size, both in bytes from `at`; `room` is the most it can have. */
function boxAt(view: DataView, at: number, room: number): { type: string; start: number; size: number } {
  const short = view.getUint32(at);
  const type = String.fromCharCode(...Array.from({ length: 4 }, (_, index) => view.getUint8(at + 4 + index)));
  if (short === 1 && at + HEADER <= view.byteLength) {
    return { type, start: HEADER, size: Math.min(room, Number(view.getBigUint64(at + 8))) };
  }
  return { type, start: 8, size: short === 0 ? room : Math.min(room, short) };
}

function hasLongRun(view: DataView, from: number, to: number): boolean {
  const claims = { stts: 0, ctts: 0, trun: 0 };
  for (let at = from; at + 8 <= to; ) {
    const { type, start, size } = boxAt(view, at, to - at);
    const end = at + size;
    if (CONTAINERS.has(type) && hasLongRun(view, at + start, end)) return true;
    if (type === "stts" || type === "ctts") claims[type] += pairsIn(view, at + start, end);
    if (type === "trun" && at + start + 8 <= end) claims.trun += view.getUint32(at + start + 4);
    at += Math.max(size, 8);
  }
  const written = claims.ctts > 0 ? claims.ctts + claims.stts : 0; // sound has long runs of its own, without ctts
  return written + claims.trun > MOST_IN_RUN;
}

/** Samples that a table of runs claims: after its own count pairs of a count and a value. */
function pairsIn(view: DataView, start: number, end: number): number {
  let sum = 0;
  for (let at = start + 8; at + 8 <= end; at += 8) sum += view.getUint32(at);
  return sum;
}
