import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstChoices, laterBy, toInput } from "@/components/upload/choices";
import { isSameTaken, takenOf } from "@/components/upload/taken";
import { missingPython, skips } from "@/test/processes";
import { PYTHON, ROOT } from "@/test/programs.mjs";
import { copy } from "./copy";
import { probe } from "./probe";

const SCRIPT = `${ROOT}frontend/test/phone.py`;
const SLOW_MS = 300_000;

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = new File([Buffer.from(job.input.video_base64, "base64")], "fox.v2.mp4", { type: "video/mp4" });

test("a copy begins with the frame before the part that stands alone, and tells how far it is", async () => {
  const told: number[] = [];
  const { file, fromS } = await copy(sample, 0.5, 1.5, (percent) => told.push(percent));
  const { times, packets, width, height } = await probe(file);
  expect([fromS, packets[0]?.isKey, width, height]).toEqual([0, true, 512, 384]);
  expect(times).toHaveLength(37); // the last is shown after the part, and decoded before its end
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(100);
});

test("copying can be stopped, and a part without frames is told", async () => {
  const stop = new AbortController();
  const copying = copy(sample, 0, 2, () => stop.abort(), stop.signal);
  await expect(copying).rejects.toMatchObject({ name: "AbortError" });
  await expect(copy(sample, 3, 4, () => {})).rejects.toMatchObject({ error: { code: "VIDEO_TOO_SHORT" } });
});

describe.skipIf(skips("the worker beside the page", missingPython()))("the worker", () => {
  const folder = mkdtempSync(join(tmpdir(), "actionmesh-copy-"));
  beforeAll(() => {
    execFileSync(PYTHON, [SCRIPT, "make", folder], { cwd: ROOT });
  }, SLOW_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  const NAMES = ["turned.mov", "trimmed.mov", "hdr.mov", "slow.mov", "film.mp4", "web.webm"];
  const PARTS = [
    { startS: 1.17, endS: 3.62 },
    { startS: 0, endS: 1.9 },
    { startS: 2.4, endS: 99 },
  ];

  test(
    "takes of a copy the frames that it takes of the video, and that the page shows",
    async () => {
      const cases: object[] = [];
      for (const name of NAMES) {
        const video = join(folder, name);
        const whole = new File([readFileSync(video)], name);
        const facts = await probe(whole);
        for (const [index, { startS, endS }] of PARTS.entries()) {
          const choices = { ...firstChoices(facts.durationS), startS, endS: Math.min(endS, facts.durationS) };
          const { file, fromS } = await copy(whole, startS, choices.endS, () => {});
          const copied = join(folder, `${index}-${file.name}`);
          writeFileSync(copied, Buffer.from(await file.arrayBuffer()));
          const own = await probe(file);
          const later = laterBy(choices, fromS);
          expect([name, isSameTaken(takenOf(choices, facts), takenOf(later, own), fromS)]).toEqual([
            name,
            true,
          ]);
          const asked = partIn(toInput(choices, { video_url: "" }, facts.durationS));
          const askedOfCopy = partIn(toInput(later, { video_url: "" }, facts.durationS - fromS));
          cases.push({ video, copy: copied, asked, asked_of_copy: askedOfCopy, from_s: fromS });
        }
      }
      const list = join(folder, "cases.json");
      writeFileSync(list, JSON.stringify(cases));
      const found = JSON.parse(
        execFileSync(PYTHON, [SCRIPT, "compare", list], { cwd: ROOT, encoding: "utf8" }),
      ) as [number, number][];
      expect(found).toHaveLength(NAMES.length * PARTS.length);
      for (const [index, [pixels, seconds]] of found.entries()) {
        expect([cases[index], pixels]).toEqual([cases[index], 0]);
        expect(seconds).toBeLessThan(2e-6);
      }
    },
    SLOW_MS,
  );
});

function partIn({ start_s, end_s }: Record<string, unknown>): Record<string, unknown> {
  return { start_s: start_s ?? 0, end_s: end_s ?? null };
}
