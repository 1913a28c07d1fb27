import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { type Helper, probeApart } from "./probeApart";

const job = JSON.parse(readFileSync(new URL("../../../test_input.json", import.meta.url), "utf8"));
const sample = new Blob([Buffer.from(job.input.video_base64, "base64")]);

/** A worker that does with what it is sent as it is told; e2e/lib.spec.ts has a real one. */
function helperThat(answers: (helper: Helper) => void) {
  const helper = {
    onmessage: null,
    onerror: null,
    terminate: vi.fn(),
    postMessage: () => answers(helper),
  } as Helper;
  return { helper, start: () => helper };
}

function says(helper: Helper, data: unknown) {
  helper.onmessage?.call(helper as Worker, { data } as MessageEvent);
}

afterEach(() => vi.useRealTimers());

test("what the worker found is given, and the worker ended", async () => {
  const facts = { durationS: 2 };
  const { helper, start } = helperThat((one) => says(one, { facts }));
  expect(await probeApart(sample, start)).toBe(facts);
  expect(helper.terminate).toHaveBeenCalled();
});

test("what it refused is thrown", async () => {
  const error = { code: "NOT_A_VIDEO", message: "It is none." };
  const { start } = helperThat((one) => says(one, { error }));
  await expect(probeApart(sample, start)).rejects.toMatchObject({ name: "ApiFailure", error });
});

test("a worker that does not answer is ended", async () => {
  vi.useFakeTimers();
  const { helper, start } = helperThat(() => {});
  const probing = expect(probeApart(sample, start)).rejects.toMatchObject({
    error: { code: "VIDEO_UNREADABLE" },
  });
  await vi.advanceTimersByTimeAsync(15_000);
  await probing;
  expect(helper.terminate).toHaveBeenCalled();
});

test("without a worker the page does it itself", async () => {
  const broken = helperThat((one) => one.onerror?.call(one as Worker, new Event("error") as ErrorEvent));
  expect((await probeApart(sample, broken.start)).times).toHaveLength(48);
  const none = () => {
    throw new Error("there are no workers");
  };
  expect((await probeApart(sample, none)).times).toHaveLength(48);
});
