import { describe, expect, it, vi } from "vitest";
import { sampleResult } from "@/test/samples";
import type { Answer } from "./runpod";
import { viewOf } from "./view";

vi.spyOn(console, "error").mockImplementation(() => {});

const answer = (more: Partial<Answer>): Answer =>
  ({ id: "job-1", status: "IN_QUEUE", output: undefined, error: undefined, ...more }) as Answer;

describe("viewOf", () => {
  it("tells the times and how often it was tried again", () => {
    const view = viewOf(answer({ delayTime: 12, executionTime: 340, retries: 1 }));
    expect(view).toEqual({ id: "job-1", status: "IN_QUEUE", delayMs: 12, executionMs: 340, retries: 1 });
  });

  it("reads the worker's progress", () => {
    const output = { stage: "track", index: 3, of: 16, percent: 41.5, eta_s: 12.5 };
    const progress = { stage: "track", index: 3, of: 16, percent: 41.5, etaS: 12.5 };
    expect(viewOf(answer({ status: "IN_PROGRESS", output })).progress).toEqual(progress);
    const early = { anchor_mesh: "https://s3.example.com/anchor_mesh.glb?X-Amz-Signature=1" };
    expect(
      viewOf(answer({ status: "IN_PROGRESS", output: { ...output, eta_s: null, early } })).progress,
    ).toEqual({
      ...progress,
      etaS: null,
      anchorMeshUrl: early.anchor_mesh,
    });
  });

  it.each([[undefined], ["starting"], [{ stage: "track" }], [{ stage: "x", index: 0, of: 0, percent: 1 }]])(
    "passes over %o, which is no progress",
    (output) => {
      expect(viewOf(answer({ status: "IN_PROGRESS", output }))).toEqual({
        id: "job-1",
        status: "IN_PROGRESS",
      });
    },
  );

  it("tells where what is there of the animation is", () => {
    const early = { animated_mesh: "https://s3.example.com/so_far_016.glb" };
    const output = { stage: "stage_1", index: 3, of: 16, percent: 41.5, early };
    const { progress } = viewOf(answer({ status: "IN_PROGRESS", output }));
    expect(progress).toMatchObject({ animationUrl: early.animated_mesh });
  });

  it("leaves out an early mesh at no web address", () => {
    const output = {
      stage: "track",
      index: 0,
      of: 1,
      percent: 1,
      early: { anchor_mesh: "javascript:alert(1)" },
    };
    const { progress } = viewOf(answer({ status: "IN_PROGRESS", output }));
    expect(progress?.stage).toBe("track");
    expect(progress).not.toHaveProperty("anchorMeshUrl");
  });

  it("hands the result on", () => {
    const output = sampleResult();
    expect(viewOf(answer({ status: "COMPLETED", output }))).toEqual({
      id: "job-1",
      status: "COMPLETED",
      result: output,
    });
  });

  it.each([[undefined], [null], [{ stage: "upload", index: 1, of: 1, percent: 100 }]])(
    "says that the result is lost where there is %o",
    (output) => {
      const view = viewOf(answer({ status: "COMPLETED", output }));
      expect(view).toMatchObject({ status: "FAILED", error: { code: "RESULT_LOST" } });
      expect(view).not.toHaveProperty("result");
    },
  );

  it.each(["CANCELLED", "TIMED_OUT"] as const)("%s is all there is to say", (status) => {
    expect(viewOf(answer({ status, output: { left: "over" }, error: "host-7" }))).toEqual({
      id: "job-1",
      status,
    });
  });
});

describe("a failed job's error", () => {
  const errorOf = (error: unknown) => viewOf(answer({ status: "FAILED", error })).error;

  it("is the worker's", () => {
    const error = "VIDEO_TOO_SHORT: This video has 10 frames; at least 16 are needed.";
    expect(errorOf(error)).toEqual({
      code: "VIDEO_TOO_SHORT",
      message: "This video has 10 frames; at least 16 are needed.",
    });
  });

  it("says where workers were lost", () => {
    expect(errorOf("job timed out after 1 retries")?.code).toBe("WORKER_LOST");
  });

  it.each([
    [undefined],
    [{ error: "x" }],
    ["SOME_CODE: of nobody we know at 10.1.2.3"],
    [
      '{"error_type": "<class \'OSError\'>", "error_traceback": "File /worker/handler.py", "hostname": "pod-7"}',
    ],
  ])("is no text of RunPod's or the SDK's: %o", (error) => {
    expect(errorOf(error)).toEqual({
      code: "WORKER_FAILED",
      message: "The worker failed and did not say why; its log has the details.",
    });
  });
});
