import { readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { validateBytes } from "gltf-validator";
import {
  button,
  drawn,
  expectOther,
  expectPicture,
  open,
  openAt,
  picture,
  SAMPLE,
  seek,
  settled,
  test,
} from "./player/test";
import { expectAccessible, expectNoOverflow } from "./stack/test";

const IN_STEP_S = 0.15;

test("an animated mesh's frame is what the file of that frame alone shows", async ({ page }) => {
  await open(page);
  for (const [frame, file] of [
    [5, "/sample/mesh_005.glb"],
    [11, "/sample/mesh_011.glb"],
  ] as const) {
    const { same, before } = await page.evaluate(
      ([number, alone]) => window.harness.compareFrames("/sample/animated_mesh.glb", number, alone),
      [frame, file] as const,
    );
    expect(same.covered).toBeGreaterThan(0.05);
    expect(same.mean).toBeLessThan(0.05); // of 255; 0.01 was seen
    expect(same.share).toBeLessThan(0.0005);
    expect(before.share).toBeGreaterThan(5 * same.share + 0.005); // the frame before is another picture
  }
});

for (const [profile, query] of [
  ["quantized", "?source=/quantized/animated_mesh.glb"],
  ["compact", "?source=/animated_mesh.glb"],
] as const) {
  test(`the ${profile} profile plays`, async ({ page }) => {
    await openAt(page, 0, query);
    const first = await settled(page);
    await seek(page, 8);
    await expectOther(page, first);
  });
}

test("the rigged mesh plays in the place of the other, with its joints and its error", async ({ page }) => {
  await openAt(page, 8, `${SAMPLE}&rigged=/sample/rigged_mesh.glb`);
  const usual = await settled(page);
  await expect(button(page, "Joints")).toHaveCount(0);
  await button(page, "Rig").click();
  await expect(button(page, "Rig")).toHaveAttribute("aria-pressed", "true");
  await expect(button(page, "Joints")).toHaveAttribute("aria-pressed", "true");
  await expectOther(page, usual);
  const withJoints = await settled(page);
  await page.keyboard.press("j");
  await expect(button(page, "Joints")).toHaveAttribute("aria-pressed", "false");
  const bare = await expectOther(page, withJoints);
  await seek(page, 3);
  const earlier = await expectOther(page, bare);
  await button(page, "Error").click();
  await expect(page.getByText("Distance from the mesh without rig")).toBeVisible();
  await expectOther(page, earlier);
  await expectAccessible(page);
  await button(page, "Rig").click();
  await expect(button(page, "Error")).toHaveCount(0);
  await seek(page, 8);
  await expectPicture(page, usual);
});

test("two places of the scrubber are two pictures, and the same place is the same", async ({ page }) => {
  await openAt(page, 3);
  const third = await settled(page);
  await seek(page, 9);
  await expectOther(page, third);
  await seek(page, 3);
  await expectPicture(page, third);
});

test("keys step, play, and turn the view", async ({ page }) => {
  await openAt(page, 4);
  const slider = page.getByRole("slider", { name: "Frame" });
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", /^Frame 6 of 16, 0\.\d\d s$/);
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await page.keyboard.press(",");
  await expect(slider).toHaveValue("6");
  const before = await settled(page);
  await page.locator("canvas").focus();
  await page.keyboard.press("ArrowLeft");
  await drawn(page);
  await expectOther(page, before);
  await expect(slider).toHaveValue("6");
  await page.keyboard.press("r");
  await page.locator("body").click({ position: { x: 2, y: 2 } }); // no focus ring around the mesh
  await drawn(page);
  await expectPicture(page, before);
  await page.locator("canvas").focus();
  await page.keyboard.press("Space");
  await expect(button(page, "Pause")).toBeVisible();
});

test("keys do nothing while the focus is elsewhere", async ({ page }) => {
  await openAt(page, 4);
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  await page.keyboard.press(".");
  await page.keyboard.press("w");
  await expect(page.getByRole("slider", { name: "Frame" })).toHaveValue("4");
  await expect(button(page, "Wireframe")).toHaveAttribute("aria-pressed", "false");
});

for (const name of ["Wireframe", "Texture", "Grid"]) {
  test(`${name.toLowerCase()} changes what is seen, and back`, async ({ page }) => {
    await openAt(page, 4);
    const before = await settled(page);
    const on = await button(page, name).getAttribute("aria-pressed");
    await button(page, name).click();
    await expect(button(page, name)).toHaveAttribute("aria-pressed", on === "true" ? "false" : "true");
    await drawn(page);
    await expectOther(page, before);
    await button(page, name).click();
    await drawn(page);
    await expectPicture(page, before);
  });
}

test("it is seen from four sides by key", async ({ page }) => {
  await openAt(page, 0);
  let last = await settled(page);
  await page.locator("canvas").focus();
  for (const key of ["2", "3", "4", "1"]) {
    await page.keyboard.press(key);
    last = await expectOther(page, last);
  }
});

test("its surface can be shown in other ways, brighter, and before another background", async ({ page }) => {
  await openAt(page, 0);
  const lit = await settled(page);
  await button(page, "Look").click();
  let last = lit;
  for (const surface of ["Flat", "Normals", "UV"]) {
    await page.getByLabel(surface, { exact: true }).check({ force: true });
    last = await expectOther(page, last);
  }
  await page.getByLabel("Lit", { exact: true }).check({ force: true });
  await expectPicture(page, lit);
  await page.getByRole("slider", { name: "Exposure" }).fill("1");
  last = await expectOther(page, lit);
  await page.getByLabel("Green", { exact: true }).check({ force: true });
  await expectOther(page, last);
  await expectAccessible(page);
});

test("a neutral room lights it otherwise than a few lamps", async ({ page }) => {
  await open(page);
  const { mean, covered } = await page.evaluate(() =>
    window.harness.compareLights("/sample/animated_mesh.glb"),
  );
  expect(covered).toBeGreaterThan(0.05);
  expect(mean).toBeGreaterThan(0.1);
});

test("files are made of the mesh in the browser", async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 640 }); // so that filming takes less
  await openAt(page, 3, "?source=/animated_mesh.glb"); // the compact profile
  const before = await settled(page);
  await button(page, "Save as").click();
  for (const [name, file, start] of [
    ["GLB for Blender and others", "fox.glb", "676c5446"],
    ["OBJ sequence", "fox-obj.zip", "504b0304"],
    ["PNG of this view", "fox-view.png", "89504e47"],
    ["WebM turntable", "fox-turntable.webm", "1a45dfa3"],
  ] as const) {
    const saving = page.waitForEvent("download", { timeout: 200_000 });
    await button(page, name).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(file);
    const bytes = readFileSync(await saved.path());
    expect(bytes.toString("hex", 0, 4)).toBe(start);
    if (!file.endsWith(".glb")) continue;
    const { issues, info } = await validateBytes(new Uint8Array(bytes), {});
    expect([issues.numErrors, issues.numWarnings]).toEqual([0, 0]);
    expect(info).toMatchObject({ animationCount: 1, hasMorphTargets: true, hasTextures: true });
  }
  await expectPicture(page, before);
});

test("the pointer turns the mesh, and the home button turns it back", async ({ page }) => {
  await openAt(page, 4);
  const before = await settled(page);
  const box = await page.locator("canvas").boundingBox();
  if (box === null) throw new Error("no canvas");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 120, y + 20, { steps: 4 });
  await page.mouse.up();
  await expectOther(page, before);
  await settled(page); // it comes to rest slowly
  await button(page, "Reset the view").click();
  await drawn(page);
  await page.mouse.move(0, 0);
  await expectPicture(page, before);
});

test("the wheel scrolls the page until the mesh is clicked on", async ({ page }) => {
  await openAt(page, 4);
  const before = await settled(page);
  await page.mouse.move(900, 300);
  await page.mouse.wheel(0, 200);
  await drawn(page);
  await expectPicture(page, before);
  await page.mouse.click(900, 300);
  await page.mouse.wheel(0, 200);
  await page.waitForTimeout(600);
  await expectOther(page, before);
});

test("it plays by itself, to and fro, and the source video goes in step", async ({ page }) => {
  await open(page);
  await expect(button(page, "Pause")).toBeVisible();
  const apart = await page.evaluate(async () => {
    const [video] = document.getElementsByTagName("video");
    const slider = document.querySelector<HTMLInputElement>("input[type=range]");
    const times = [
      0, 0.125, 0.25, 0.375, 0.5417, 0.6667, 0.7917, 0.9167, 1.0417, 1.1667, 1.2917, 1.4167, 1.5833, 1.7083,
      1.8333, 1.9583,
    ];
    const seen: number[] = [];
    for (let i = 0; i < 60; i++) {
      await new Promise((done) => setTimeout(done, 100));
      seen.push((video?.currentTime ?? 9) - (times[Number(slider?.value)] ?? 0));
    }
    return seen.map(Math.abs).sort((a, b) => a - b);
  });
  expect(apart[30]).toBeLessThan(IN_STEP_S); // the median; a machine without a GPU draws few pictures a second
});

test("the source video stands at the very frame that the mesh stands at", async ({ page }) => {
  await openAt(page, 4);
  for (const [key, time] of [
    [4, 0.5417],
    [15, 1.9583],
    [1, 0.125],
  ] as const) {
    await seek(page, key);
    await expect
      .poll(() =>
        page.locator("video").evaluate((video: HTMLVideoElement) => (video.seeking ? -1 : video.currentTime)),
      )
      .toBeCloseTo(time + 0.3 / 24, 3);
    expect(await page.locator("video").evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
  }
});

test("a video that was trimmed after is set later", async ({ page }) => {
  await openAt(page, 1, `${SAMPLE}&startS=0.5`);
  await expect
    .poll(() => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime))
    .toBeCloseTo(0.625 + 0.3 / 24, 3);
});

test("nothing is drawn while nothing changes, or while it is off screen", async ({ page }) => {
  await page.addInitScript(() => {
    const draw = WebGL2RenderingContext.prototype.drawElements;
    WebGL2RenderingContext.prototype.drawElements = function count(...rest) {
      document.documentElement.dataset.draws = String(
        Number(document.documentElement.dataset.draws ?? 0) + 1,
      );
      draw.apply(this, rest);
    };
  });
  const draws = async () => Number(await page.locator("html").getAttribute("data-draws"));
  const drawsIn = async (ms: number) => {
    const before = await draws();
    await page.waitForTimeout(ms);
    return (await draws()) - before;
  };
  await openAt(page, 4);
  await expect.poll(() => drawsIn(500)).toBe(0);
  await button(page, "Play").click();
  expect(await drawsIn(800)).toBeGreaterThan(0);
  await page.evaluate(() => document.body.style.setProperty("padding-top", "3000px"));
  await expect.poll(() => drawsIn(500)).toBe(0);
  await page.evaluate(() => document.body.style.removeProperty("padding-top"));
  await expect.poll(() => drawsIn(300)).toBeGreaterThan(0);
});

test("it gives a picture of itself", async ({ page }) => {
  await open(page);
  await expect.poll(() => page.evaluate(() => window.harness.snapshot?.bytes ?? 0)).toBeGreaterThan(5000);
  const size = await page.evaluate(() => window.harness.snapshot);
  expect(Math.max(size?.width ?? 0, size?.height ?? 0)).toBe(512);
});

test("a mesh that stands still turns, and has nothing to play", async ({ page }) => {
  await open(page, "?source=/sample/mesh_003.glb&turning");
  await expect(page.getByRole("slider")).toHaveCount(0);
  await expectOther(page, await picture(page));
  await button(page, "Turntable").click();
  const second = await settled(page);
  await page.waitForTimeout(300);
  expect(await picture(page)).toBe(second);
});

test("full screen", async ({ page }) => {
  await openAt(page, 4);
  await button(page, "Full screen").click();
  await expect(button(page, "Full screen")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("f");
  await expect(button(page, "Full screen")).toHaveAttribute("aria-pressed", "false");
});

test("a GPU that is taken away, and given back", async ({ page }) => {
  await openAt(page, 4);
  const before = await settled(page);
  await page.evaluate(() => {
    const gl = document.querySelector("canvas")?.getContext("webgl2");
    const extension = gl?.getExtension("WEBGL_lose_context");
    extension?.loseContext();
    (window as unknown as { back: () => void }).back = () => extension?.restoreContext();
  });
  await expect(page.getByRole("alert")).toHaveText(/The browser has stopped the 3D view/);
  await page.evaluate(() => (window as unknown as { back: () => void }).back());
  await expect(page.locator("[data-phase=ready]")).toBeVisible();
  await expectPicture(page, before);
});

test.describe("with less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });
  test("nothing starts by itself", async ({ page }) => {
    await open(page);
    await expect(button(page, "Play")).toBeVisible();
    await open(page, "?source=/sample/mesh_003.glb&turning");
    await expect(button(page, "Turntable")).toHaveAttribute("aria-pressed", "false");
  });
});

test.describe("where something is missing", () => {
  test.use({ allowed: [/404/] });

  test("a rig that cannot be had leaves the mesh as it is", async ({ page }) => {
    await openAt(page, 8, `${SAMPLE}&rigged=/nowhere.glb`);
    const usual = await settled(page);
    await button(page, "Rig").click();
    await expect(button(page, "Rig: try again")).toBeVisible();
    await expectPicture(page, usual);
  });

  test("a mesh that is gone is told, with its poster and its video", async ({ page }) => {
    await page.goto("/?source=/nothing.glb&poster=/poster.webp&video=/clip.mp4");
    await expect(page.getByRole("alert")).toHaveText(/has expired/);
    await expect(page.locator("img")).toBeVisible();
    await expect(page.locator("video")).toHaveAttribute("controls");
    await expectAccessible(page);
  });

  test("what is no mesh is told", async ({ page }) => {
    await page.goto("/?source=/clip.mp4");
    await expect(page.getByRole("alert")).toHaveText(/not a readable mesh/);
  });

  test("a video that cannot be played is told, and the mesh plays", async ({ page }) => {
    await open(page, "?source=/sample/animated_mesh.glb&video=/nothing.mp4");
    await expect(page.getByText("This browser cannot play the source video.")).toBeVisible();
    await expect(button(page, "Pause")).toBeVisible();
  });

  test("without WebGL there is the poster, and a sentence", async ({ page }) => {
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    await page.goto(`/${SAMPLE}`);
    await expect(page.getByRole("alert")).toHaveText(/cannot show 3D here/);
    await expect(page.locator("img")).toBeVisible();
    await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
    await expectAccessible(page);
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`accessible, ${colorScheme}`, () => {
    test.use({ colorScheme });
    test("in all its parts", async ({ page }) => {
      await openAt(page, 4);
      await button(page, "Keys").click();
      await expectAccessible(page);
      await button(page, "Dark background").click();
      await expectAccessible(page);
      await expect(page.getByRole("img", { name: "Fox, a 3D mesh" })).toBeVisible();
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true });
  test("it fits, and what is touched is large enough", async ({ page }) => {
    await openAt(page, 4);
    await expectNoOverflow(page);
    await expectAccessible(page);
    const heights = await page
      .locator("section button:visible, section select:visible, section input:visible")
      .evaluateAll((controls) => controls.map((control) => control.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(10);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(40);
  });
});
