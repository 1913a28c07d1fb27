// @vitest-environment happy-dom
import { act, createElement } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { wholeResult } from "@/components/result/sample";
import { cancelJob, getHealth, getJob, submitJob } from "@/lib/api/client";
import { failure } from "@/lib/api/failure";
import type { Capabilities, JobView } from "@/lib/api/types";
import type { Result } from "@/lib/contract/result";
import { loadResult, saveResult } from "@/lib/history";
import { furtherOf, noteFurther } from "@/lib/history/further";
import { rendering } from "@/test/render";
import { MoreForms } from "./MoreForms";
import { LEFT, useFurther } from "./useFurther";

vi.mock("@/lib/api/client", { spy: true });
vi.mock("@/lib/history", { spy: true });

const page = rendering();
const LACKS = "fbx was not made: this worker lacks Blender.";
const RUNNING: JobView = {
  id: "j-1",
  status: "IN_PROGRESS",
  progress: { stage: "fetch", index: 0, of: 1, percent: 5, etaS: null },
};

function Panel({ id, result }: { id: string; result: Result }) {
  return createElement(MoreForms, { further: useFurther(id, result) });
}
const show = (id = "a", result = wholeResult()) =>
  page.show(createElement(Panel, { key: `${id} ${Math.random()}`, id, result }));

/** How the job ends that makes a form. */
function ends(files: Partial<Result["files"]>, warnings: Result["warnings"] = []): JobView {
  const none = { animated_mesh: null, meshes: [], preview: null, archive: null };
  const result = { ...wholeResult(), from_animation: true, files: { ...none, ...files }, warnings };
  return { id: "j-1", status: "COMPLETED", result };
}

beforeEach(() => {
  vi.resetAllMocks();
  localStorage.clear();
  sessionStorage.clear();
  const can: Capabilities = {
    uploads: "inline",
    maxVideoBytes: 100,
    maxInlineBytes: 100,
    needsKey: false,
    takesJobs: true,
    reachable: true,
  };
  vi.mocked(getHealth).mockResolvedValue(can);
  vi.mocked(submitJob).mockResolvedValue({ id: "j-1" });
  vi.mocked(loadResult).mockResolvedValue(null);
  vi.mocked(saveResult).mockResolvedValue("kept");
  vi.mocked(getJob).mockImplementation(async (id) =>
    id === "j-1" ? RUNNING : { id, status: "COMPLETED", result: wholeResult() },
  );
});

test("a form is made once, however often its button is pressed, and another cancels that", async () => {
  await show();
  await page.press("Make OBJ sequence");
  expect(document.activeElement).toBe(page.button("Making OBJ sequence"));
  await page.press("Making OBJ sequence");
  expect(page.button("Make OBJ sequence")).toBeNull();
  expect(page.text()).toContain("Making it");
  expect(submitJob).toHaveBeenCalledOnce();
  expect(cancelJob).not.toHaveBeenCalled();
  vi.mocked(cancelJob).mockRejectedValueOnce(failure("NO_CONNECTION", "no"));
  await page.press("Cancel OBJ sequence");
  expect(page.text()).toContain("The server cannot be reached.");
  vi.mocked(cancelJob).mockResolvedValueOnce({ id: "j-1", status: "CANCELLED" });
  await page.press("Cancel OBJ sequence");
  expect(page.text()).toContain("It was cancelled.");
  expect(document.activeElement?.textContent).toBe("OBJ sequence"); // where Enter does nothing
  await show();
  expect(page.text()).not.toContain("It was cancelled.");
});

test("what failed is told until it is tried again, however fast that is", async () => {
  await show();
  vi.mocked(getJob).mockResolvedValue({
    id: "j-1",
    status: "FAILED",
    error: { code: "NOT_A_MESH", message: "The file is no animated_mesh.glb." },
  });
  await page.press("Make OBJ sequence");
  expect(page.text()).toContain("The file is no animated_mesh.glb.Make the mesh again.");
  vi.mocked(submitJob).mockReturnValueOnce(new Promise(() => undefined));
  const second = new MouseEvent("click", { detail: 2, bubbles: true });
  await act(async () => page.button("Try again OBJ sequence")?.dispatchEvent(second));
  expect(page.text()).not.toContain("The file is no animated_mesh.glb.");
  expect(page.text()).toContain("Sending the mesh");
});

test("while it is being sent it can be stopped, and nothing comes of it", async () => {
  let send = (_: { id: string }) => {};
  vi.mocked(submitJob).mockReturnValueOnce(new Promise((resolve) => (send = resolve)));
  await show();
  await page.press("Make OBJ sequence");
  expect(page.text()).toContain("Sending the mesh");
  await page.press("Cancel OBJ sequence");
  expect(vi.mocked(submitJob).mock.calls[0]?.[1]?.aborted).toBe(true);
  expect(page.button("Make OBJ sequence")).not.toBeNull();
  await act(async () => send({ id: "j-1" }));
});

test("a page that is left while it sends says so when it is back, and takes what was made", async () => {
  vi.mocked(submitJob).mockReturnValueOnce(new Promise(() => undefined));
  await show();
  await page.press("Make OBJ sequence");
  await show();
  expect(page.text()).toContain("This page was left while it was being sent");
  await page.press("Try again OBJ sequence");
  expect(vi.mocked(submitJob).mock.lastCall?.[0]).not.toHaveProperty("cache");
  expect(furtherOf("a")).toEqual({ obj: { job: "j-1" } });
  vi.mocked(submitJob).mockRejectedValueOnce(failure("NO_CONNECTION", "no"));
  await show("b");
  await page.press("Make OBJ sequence");
  expect(furtherOf("b")).toEqual({});
});

test("what was made is kept with the result, and the focus goes on from there", async () => {
  await show();
  await page.press("Make OBJ sequence");
  const obj = { name: "obj_sequence.zip", url: "https://b/o", bytes: 3, sha256: "0".repeat(64) };
  vi.mocked(getJob).mockResolvedValue(ends({ obj }));
  await act(async () => window.dispatchEvent(new Event("online")));
  await vi.waitFor(() => expect(page.text()).toContain("Made, and among the files above: OBJ sequence."));
  expect(saveResult).toHaveBeenCalledWith("a/j-1", expect.objectContaining({ from_animation: true }));
  expect(document.activeElement).toBe(page.one("h3"));
  await show();
  expect(loadResult).toHaveBeenCalledWith("a/j-1");
  expect(page.button("Make OBJ sequence")).toBeNull();
});

test("what the worker lacks it says at every result, until it has made one", async () => {
  await show();
  vi.mocked(getJob).mockResolvedValue(ends({}, [{ code: "PROGRAM_MISSING", message: LACKS }]));
  await page.press("Make Animated mesh, FBX");
  expect(page.text()).toContain(LACKS);
  expect(furtherOf("other")).toEqual({ fbx: { why: LACKS } });
  await show("b");
  expect(page.text()).toContain(LACKS);
  const fbx = { name: "animated_mesh.fbx", url: "https://b/f", bytes: 3, sha256: "0".repeat(64) };
  vi.mocked(getJob).mockResolvedValue(ends({ fbx }));
  await page.press("Try again Animated mesh, FBX");
  expect(vi.mocked(submitJob).mock.lastCall?.[0]).toMatchObject({ outputs: ["fbx"], cache: false });
  expect(page.text()).not.toContain("FBX");
  expect(furtherOf("c")).toEqual({});
});

test("what bones cannot carry is said of that result alone, also where its own job said so", async () => {
  const message = "rig was not made: bones cannot carry this motion.";
  const told = { code: "OUTPUT_LEFT_OUT", message };
  vi.mocked(getJob).mockResolvedValue(ends({}, [told]));
  await show();
  await page.press("Make Rigged mesh");
  expect(page.text()).toContain(message);
  await show("b");
  expect(page.text()).not.toContain(message);
  await show("b", { ...wholeResult(), warnings: [told] });
  expect(page.text()).toContain(message);
});

test("what another tab has asked for is followed here, too", async () => {
  await show();
  noteFurther("a", "obj", { why: LEFT }); // while it sends
  await act(async () => window.dispatchEvent(new StorageEvent("storage", { key: "actionmesh.further" })));
  expect(page.button("Make OBJ sequence")).not.toBeNull();
  noteFurther("a", "obj", { job: "j-1" });
  await act(async () => window.dispatchEvent(new StorageEvent("storage", { key: "actionmesh.further" })));
  expect(page.button("Cancel OBJ sequence")).not.toBeNull();
});

test("without a key there is a field for it, and the advice is for a mesh", async () => {
  vi.mocked(submitJob).mockRejectedValueOnce(failure("KEY_REQUIRED", "no"));
  await show();
  await page.press("Make OBJ sequence");
  await page.type("Access key", "a-key");
  vi.mocked(submitJob).mockRejectedValueOnce(failure("TOO_LARGE", "It is too large."));
  await page.press("Try again OBJ sequence");
  expect(page.text()).toContain("It is too large.Make the mesh again with fewer frames or faces.");
});
