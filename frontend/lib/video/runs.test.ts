import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { claimsTooMuch, MOST_IN_RUN } from "./runs";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = Buffer.from(job.input.video_base64, "base64");

/** A box of an MP4. */
function box(type: string, ...content: Buffer[]): Buffer<ArrayBuffer> {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}

function words(...values: number[]): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

const FTYP = box("ftyp", words(0, 0));

function movie(...tables: Buffer[]): Blob {
  const table = box("stbl", ...tables);
  return new Blob([FTYP, box("moov", box("trak", box("mdia", box("minf", table))))]);
}

test("a real video claims what it has", async () => {
  expect(await claimsTooMuch(new Blob([sample]))).toBe(false);
});

test("a count of four billion is seen in each kind of run", async () => {
  const short = words(0, 1, 48, 512);
  const long = words(0, 2, 1, 512, 0xffffffff, 512);
  expect(await claimsTooMuch(movie(box("stts", short), box("ctts", short)))).toBe(false);
  expect(await claimsTooMuch(movie(box("stts", short), box("ctts", long)))).toBe(true);
  expect(await claimsTooMuch(movie(box("ctts", short), box("stts", long)))).toBe(true);
  const fragment = (count: number) =>
    new Blob([FTYP, box("mdat", words(0)), box("moof", box("traf", box("trun", words(0, count))))]);
  expect(await claimsTooMuch(fragment(48))).toBe(false);
  expect(await claimsTooMuch(fragment(MOST_IN_RUN + 1))).toBe(true);
});

test("ten minutes of uncompressed sound are one long run, and right", async () => {
  expect(await claimsTooMuch(movie(box("stts", words(0, 1, 600 * 48_000, 1))))).toBe(false);
});

test("boxes with long sizes, none, and too large ones are read", async () => {
  const run = box("stbl", box("ctts", words(0, 1, 0xffffffff, 0)));
  const moov = box("moov", run);
  const long = Buffer.concat([words(1), Buffer.from("mdat"), words(0, 24, 7, 7)]);
  expect(await claimsTooMuch(new Blob([FTYP, long, moov]))).toBe(true);
  const toTheEnd = Buffer.from(moov);
  toTheEnd.writeUInt32BE(0);
  expect(await claimsTooMuch(new Blob([FTYP, toTheEnd]))).toBe(true);
  const tooLarge = Buffer.from(moov);
  tooLarge.writeUInt32BE(0x7fffffff);
  expect(await claimsTooMuch(new Blob([FTYP, tooLarge]))).toBe(true);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["a few bytes", Buffer.from("abc")],
  ["zeros", Buffer.alloc(5000)],
  ["WebM", Buffer.from("1a45dfa3934282886d6174726f736b61", "hex")],
])("of %s it says no", async (_, bytes) => {
  expect(await claimsTooMuch(new Blob([bytes]))).toBe(false);
});
