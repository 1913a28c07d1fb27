// @vitest-environment happy-dom
import { act, createElement } from "react";
import { expect, test, vi } from "vitest";
import { rendering } from "@/test/render";
import { LookPanel } from "./LookPanel";
import { Overlay } from "./Overlay";
import type { Player } from "./player";
import { LOADING, type PlayerState } from "./state";
import { Toolbar } from "./Toolbar";
import { Transport } from "./Transport";

const page = rendering();
const player = {
  toggle: vi.fn(),
  step: vi.fn(),
  seek: vi.fn(),
  setLook: vi.fn(),
  setRig: vi.fn(),
  setSpeed: vi.fn(),
  lookFrom: vi.fn(),
};
const READY: PlayerState = {
  ...LOADING,
  phase: "ready",
  key: 3,
  keyTimes: [0, 0.1, 0.2, 0.3, 0.4],
  hasUv: true,
};
const given = { player: player as unknown as Player };

test("the transport plays, steps and tells where it is, and waits for its mesh", async () => {
  await page.show(createElement(Transport, { ...given, state: LOADING }));
  expect([page.button("Play")?.disabled, page.field("Frame").disabled]).toEqual([true, true]);
  await page.show(createElement(Transport, { ...given, state: READY }));
  await page.press("Play");
  await page.press("Next frame");
  await page.press("Previous frame");
  expect(player.toggle).toHaveBeenCalledOnce();
  expect(player.step.mock.calls).toEqual([[1], [-1]]);
  expect(page.field("Frame").getAttribute("aria-valuetext")).toBe("Frame 4 of 5, 0.30 s");
  await page.show(createElement(Transport, { ...given, state: { ...READY, playing: true } }));
  expect(page.button("Play")).toBeNull();
  expect(page.button("Pause")?.disabled).toBe(false);
});

function toolbar(state: PlayerState, more: { clip?: boolean | null; shown?: "look" | null } = {}) {
  const { clip = null, shown = null } = more;
  const panels = { shown, show, idOf: (name: string) => name };
  const has = { animated: true, textured: state.hasTexture };
  return page.show(createElement(Toolbar, { ...given, ...has, state, clip, onClip, panels }));
}
const show = vi.fn();
const onClip = vi.fn();

test("the toolbar has a button for what there is, and no other", async () => {
  await toolbar({ ...READY, hasTexture: false });
  for (const name of ["Texture", "Video", "Rig", "Joints", "Error"]) expect(page.button(name)).toBeNull();
  await toolbar({ ...READY, rig: "failed", hasJoints: true }, { clip: true });
  await page.press("Video");
  await page.press("Rig: try again");
  await page.press("Joints");
  expect(onClip).toHaveBeenCalledWith(false);
  expect(player.setRig).toHaveBeenCalledWith(true);
  expect(player.setLook).toHaveBeenCalledWith({ joints: false });
});

test("what is on its way is not asked for twice", async () => {
  await toolbar({ ...READY, rig: "loading" });
  await page.press("Rig");
  expect(player.setRig).not.toHaveBeenCalled();
});

test("a panel is opened by its button, and closed by it", async () => {
  await toolbar(READY);
  await page.press("Look");
  await toolbar(READY, { shown: "look" });
  expect(page.button("Look")?.getAttribute("aria-expanded")).toBe("true");
  await page.press("Look");
  expect(show.mock.calls).toEqual([["look"], [null]]);
});

test("the look has only those surfaces that the mesh can show", async () => {
  const onBackdrop = vi.fn();
  const look = (state: PlayerState) =>
    page.show(
      createElement(LookPanel, { ...given, id: "look", hidden: false, state, backdrop: "light", onBackdrop }),
    );
  await look({ ...READY, hasTexture: false, hasUv: false });
  expect(page.text()).not.toMatch(/Flat|UV/);
  await look(READY);
  await act(async () => page.field("Normals").click());
  await act(async () => page.field("Green").click());
  await page.press("Back");
  expect(player.setLook).toHaveBeenCalledWith({ shading: "normals" });
  expect(onBackdrop).toHaveBeenCalledWith("green");
  expect(player.lookFrom).toHaveBeenCalledWith("back");
});

test.each([
  ["failed", "gone", "has expired", true],
  ["failed", "network", "Check the connection", true],
  ["lost", null, "has stopped the 3D view", true],
  ["no-webgl", null, "can still be downloaded", false], // trying again would not help
] as const)("%s, %s: it says why, and whether to try again", async (phase, failure, words, again) => {
  const onRestart = vi.fn();
  const state = { ...READY, phase, failure };
  await page.show(createElement(Overlay, { state, poster: undefined, theme: "light", onRestart }));
  expect(page.one("[role=alert]").textContent).toContain(words);
  expect(page.button("Try again") !== null).toBe(again);
});
