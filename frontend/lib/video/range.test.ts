import { expect, test } from "vitest";
import { rangeOf } from "./range";

/** Packets in the order of decoding: a time with a ! stands alone; each has 10 bytes. */
const packetsOf = (text: string) =>
  text.split(" ").map((word) => ({
    stamp: Number.parseFloat(word),
    bytes: 10,
    isKey: word.endsWith("!"),
  }));

test("a part is decoded from the frame before it that stands alone, to its last in the order of decoding", () => {
  const packets = packetsOf("0! 1 2 3! 4 5 6! 7 8");
  expect(rangeOf(packets, 4, 6, false)).toEqual({ first: 3, after: 6, bytes: 30 });
  expect(rangeOf(packets, 2, 7, false)).toEqual({ first: 0, after: 7, bytes: 70 });
  expect(rangeOf(packets, 6, 99, false)).toEqual({ first: 6, after: 9, bytes: 30 });
});

test("frames that are decoded before they are shown are taken along", () => {
  const packets = packetsOf("0! 3 1 2 6! 9 7 8");
  expect(rangeOf(packets, 1, 3, false)).toEqual({ first: 0, after: 4, bytes: 40 });
  expect(rangeOf(packets, 7, 9, false)).toEqual({ first: 4, after: 8, bytes: 40 });
});

test("one with frames shown before it is begun with only where these may be left out", () => {
  const open = packetsOf("0! 3 1 2 6! 4 5 9 7 8");
  expect(rangeOf(open, 7, 9, true)).toMatchObject({ first: 4 });
  expect(rangeOf(open, 7, 9, false)).toMatchObject({ first: 0 });
  expect(rangeOf(open, 5, 9, true)).toMatchObject({ first: 0 }); // 5 needs what is before 6
});

test("where nothing stands alone, or no frame is in the part, nothing can be copied", () => {
  expect(rangeOf(packetsOf("0 1 2 3!"), 1, 3, true)).toBeNull();
  expect(rangeOf(packetsOf("0! 1 2"), 5, 9, true)).toBeNull();
});
