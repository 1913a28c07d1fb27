import type { Packet } from "./open";

const EPSILON_S = 1e-6;

/** A part of a file's packets, in the order of decoding: what `copy` takes. */
export interface Range {
  /** Indices of the first packet, which stands alone, and of the one after the last. */
  first: number;
  after: number;
  bytes: number;
}

/**
 * The least packets that [start, end) is decoded of: from the frame before it that stands alone.
 *
 * @param packets in the order of decoding
 * @param start, end seconds on the file's own clock
 * @param skips whether frames that are decoded after one that stands alone, and shown before it, may be left out: of
 *   HEVC they may, by its rules; of others an earlier one is taken that has none
 * @returns null where no frame is in the part, or none before it stands alone
 */
export function rangeOf(
  packets: readonly Packet[],
  start: number,
  end: number,
  skips: boolean,
): Range | null {
  let [earliest, after] = [Number.POSITIVE_INFINITY, 0];
  for (const [index, { stamp }] of packets.entries()) {
    if (stamp < start - EPSILON_S || stamp >= end - EPSILON_S) continue;
    earliest = Math.min(earliest, stamp);
    after = index + 1;
  }
  for (let first = after - 1, bytes = 0; first >= 0; first--) {
    const { stamp, isKey, bytes: own } = packets[first] as Packet;
    bytes += own;
    if (isKey && stamp <= earliest && (skips || !hasLeading(packets, first))) return { first, after, bytes };
  }
  return null;
}

/** Whether frames before the next that stands alone are shown before this one, which does. */
function hasLeading(packets: readonly Packet[], key: number): boolean {
  const stamp = packets[key]?.stamp ?? 0;
  for (let index = key + 1; index < packets.length && !packets[index]?.isKey; index++) {
    if ((packets[index]?.stamp ?? stamp) < stamp) return true;
  }
  return false;
}
