import { readFileSync } from "node:fs";
import { faultsOf, unzip } from "./glb";
import {
  choose,
  done,
  expect,
  expectAccessible,
  expectNoOverflow,
  expectPreview,
  forgetEngine,
  submit,
  test,
} from "./stack/test";

const JOB_MS = 90_000; // for a job to end on a slow machine

test("from a clip to files: upload, stages, a mesh that plays, a zip of valid GLBs", async ({ page }) => {
  await choose(page, "fox.mp4");
  await expect(page.getByText("The 16 ticks are the frames that will be taken.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "fox.mp4" })).toBeFocused();
  await page.getByText("Advanced settings").click();
  await page.getByLabel("A mesh per frame").check();
  await expectAccessible(page);
  await submit(page);
  const heading = page.getByRole("heading", { name: "fox", exact: true });
  await expect(heading).toBeFocused();
  await expect(page.getByText(/\d s so far/)).toBeVisible();
  await page.getByRole("button", { name: "Copy link" }).focus();
  const told = new Set<string>();
  const status = page.getByRole("region", { name: "Progress" }).getByRole("status").first();
  while (await page.getByRole("button", { name: "Cancel the job" }).isVisible()) {
    told.add((await status.textContent({ timeout: 1000 }).catch(() => null)) ?? "");
    await page.waitForTimeout(100);
  }
  await done(page);
  await expect(heading).toBeFocused();
  expect([...told].filter((words) => words !== "").length).toBeGreaterThan(2);
  await expect(page.locator("canvas")).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await expectPreview(page);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: /Save all/ }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe("fox.zip");
  const files = unzip(readFileSync(await download.path()));
  const meshes = Object.entries(files).filter(([name]) => name.endsWith(".glb"));
  expect(meshes.map(([name]) => name)).toContain("fox-animated-mesh.glb");
  expect(meshes.length).toBeGreaterThan(5); // a mesh per frame, as far as the animated one leaves room in the answer
  for (const [name, bytes] of meshes) expect([name, await faultsOf(bytes)]).toEqual([name, []]);
});

test("of a long video only the part is sent, copied where it fits", async ({ page }) => {
  await choose(page, "long.mp4");
  await expect(page.getByText(/Sends only the frames that are taken/)).toBeVisible();
  await page.getByRole("slider", { name: "End of the part" }).fill("2.5");
  await page.getByRole("slider", { name: "Start of the part" }).fill("1");
  await page.getByRole("radio", { name: "Auto", exact: true }).check();
  await expect(page.getByText(/Sends the part alone/)).toBeVisible();
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/jobs"));
  await page.getByRole("button", { name: "Make the mesh" }).click();
  const { input } = (await sent).postDataJSON() as { input: Record<string, unknown> };
  expect(Object.keys(input).sort()).toEqual([
    "end_s",
    "mode",
    "num_frames",
    "outputs",
    "start_s",
    "video_base64",
  ]);
  expect(Number(input.end_s) - Number(input.start_s)).toBeCloseTo(1.5, 5);
  expect(String(input.video_base64).length).toBeLessThan(9_400_000);
  await page.waitForURL(/\/jobs\//);
  await done(page);
  await expect(page.getByText(/960 × 540/)).toBeVisible();
});

test("where a copy is too large, the frames that are taken are sent alone", async ({ page }) => {
  await choose(page, "long.mp4");
  await expect(page.getByText(/Sends only the frames that are taken/)).toBeVisible();
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/jobs"));
  await page.getByRole("button", { name: "Make the mesh" }).click();
  const { input } = (await sent).postDataJSON() as { input: Record<string, unknown> };
  expect(Object.keys(input).sort()).toEqual(["mode", "num_frames", "outputs", "video_base64"]);
  expect(input.num_frames).toBe(16);
  await page.waitForURL(/\/jobs\//);
  const { result } = await done(page);
  expect([result?.source?.frames, result?.num_frames]).toEqual([16, 16]);
});

test("sending can be stopped, and nothing is sent", async ({ page }) => {
  await choose(page, "long.mp4");
  await page.getByRole("slider", { name: "End of the part" }).fill("6"); // the whole part then has to be cut
  await expect(page.getByText(/Cuts out the part here first/)).toBeVisible();
  let sent = false;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/jobs")) sent = true;
  });
  await page.getByRole("button", { name: "Make the mesh" }).click();
  await expect(page.getByText("Cutting out the part").last()).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: "Make the mesh" })).toBeEnabled();
  await page.waitForTimeout(3000);
  expect(sent).toBe(false);
});

test("a job can be cancelled, and tried again with all that was chosen", async ({ page }) => {
  await forgetEngine(page);
  await choose(page, "fox.mp4");
  await page.getByRole("radio", { name: "More", exact: true }).check();
  await page.getByLabel(/^Number of frames/).fill("40");
  await expect(page.getByText("takes 3 times as long as with 16")).toBeVisible();
  await page.getByLabel(/^Fast/).check({ force: true });
  await page.getByLabel(/^Save memory/).check();
  await submit(page);
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await page.getByRole("link", { name: "Edit and run again" }).click();
  await expect(page.getByLabel(/^Number of frames/)).toHaveValue("40");
  await expect(page.getByLabel(/^Fast/)).toBeChecked();
  await expect(page.getByLabel(/^Save memory/)).toBeChecked();
});

test("the subject can be checked first, marked better, and taken", async ({ page }) => {
  await choose(page, "fox.mp4");
  const sent: { input: Record<string, unknown> }[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/jobs")) sent.push(request.postDataJSON());
  });
  const check = page.getByRole("region", { name: "Is this the subject?" });
  await page.getByRole("button", { name: "Check the subject first" }).click();
  await expect(check.getByRole("img")).toBeVisible({ timeout: JOB_MS });
  await expect(page.getByRole("heading", { name: "Is this the subject?" })).toBeFocused();
  await expectAccessible(page);
  await expect(page.getByLabel("Your video")).toBeInViewport({ ratio: 0.9 });
  await check.getByRole("button", { name: "No, mark it" }).click();
  await page.getByText("Type numbers instead").click();
  await page.getByLabel("Left", { exact: true }).fill("5");
  await expect(check.getByRole("button", { name: "Yes, make the mesh" })).toBeHidden();
  await check.getByRole("button", { name: "Check again" }).click();
  await expect(check.getByRole("button", { name: "Yes, make the mesh" })).toBeVisible({ timeout: JOB_MS });
  await check.getByRole("button", { name: "Yes, make the mesh" }).click();
  await page.waitForURL(/\/jobs\//);
  await done(page);
  const [first, second, mesh] = sent.map(({ input }) => input);
  expect(sent).toHaveLength(3);
  expect(first).toMatchObject({ outputs: ["masks"], num_frames: 16 });
  expect(first).not.toHaveProperty("subject_box");
  const box = [0.05, 0.1, 0.9, 0.9];
  expect(second).toMatchObject({ outputs: ["masks"], subject_box: box });
  expect(mesh).toMatchObject({ outputs: ["animated_mesh", "preview"], subject_box: box });
  await page.getByRole("link", { name: "Edit and run again" }).click();
  await page.getByText("Type numbers instead").click();
  await expect(page.getByLabel("Left", { exact: true })).toHaveValue("5");
  await page.goto("/");
  await expect(page.getByRole("link", { name: "fox" })).toHaveCount(1); // checks are not listed
});

test("a box is drawn, pulled by its handles, and belongs to its frame", async ({ page }) => {
  await choose(page, "fox.mp4");
  await page.getByLabel("Box", { exact: true }).check({ force: true });
  await page.getByText("Type numbers instead").click();
  const video = await page.getByLabel("Your video").boundingBox();
  if (video === null) throw new Error("no video is shown");
  const drag = async (from: [number, number], to: [number, number]) => {
    const at = ([x, y]: [number, number]) => [video.x + x * video.width, video.y + y * video.height] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  };
  await drag([0.2, 0.2], [0.6, 0.8]);
  await expect(page.getByLabel("Left", { exact: true })).toHaveValue("20");
  await drag([0.6, 0.8], [0.8, 0.9]); // the corner
  await expect(page.getByLabel("Right", { exact: true })).toHaveValue("80");
  await expect(page.getByLabel("Bottom", { exact: true })).toHaveValue("90");
  await drag([0.5, 0.4], [0.4, 0.4]); // all of it
  await expect(page.getByLabel("Left", { exact: true })).toHaveValue("10");
  await expect(page.getByLabel("Right", { exact: true })).toHaveValue("70");
  const handles = page.locator("svg circle");
  await expect(handles).toHaveCount(8);
  await page.getByRole("button", { name: "Play the part" }).click();
  await expect(handles).toHaveCount(0);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Show the first frame" }).click();
  await expect(handles).toHaveCount(8);

  await page.getByRole("slider", { name: "Start of the part" }).fill("0.5");
  await page.getByRole("slider", { name: "End of the part" }).fill("1.8");
  await expect(page.getByText("The part begins with another frame now", { exact: true })).toBeVisible();
  const make = page.getByRole("button", { name: "Make the mesh" });
  await expect(make).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show that frame" }).click();
  await page.getByRole("button", { name: "The marks are right" }).click();
  await expect(make).toBeEnabled();
  await page.getByRole("slider", { name: "Start of the part" }).fill("0.25");
  await page.getByRole("button", { name: "Mark anew" }).click();
  await expect(handles).toHaveCount(0);
  await expect(make).toBeEnabled();
});

test("how many frames are taken can be left to the worker", async ({ page }) => {
  await choose(page, "fox.mp4");
  await page.getByRole("radio", { name: "Auto", exact: true }).check();
  await expect(page.getByText("The 16 ticks are the frames that will be taken.")).toBeVisible();
  await expectAccessible(page);
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/jobs"));
  await page.getByRole("button", { name: "Make the mesh" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ input: { num_frames: "auto" } });
  await page.waitForURL(/\/jobs\//);
  await done(page);
});

test("a job survives a reload, and its result RunPod’s half hour", async ({ page }) => {
  await choose(page, "fox.mp4");
  const id = await submit(page);
  await page.reload();
  await expect(page.getByRole("button", { name: "Cancel the job" })).toBeVisible();
  await expectAccessible(page);
  await expectNoOverflow(page);
  await done(page);
  await expect(page.getByText("This browser has kept it.")).toBeVisible();
  await page.goto("/");
  const link = page.getByRole("link", { name: "fox" }).first();
  await expect(link).toHaveAttribute("href", `/jobs/${id}`);
  await expectAccessible(page);
  await page.route("**/api/jobs/**", (route) => route.abort()); // the server is not needed any more
  await link.click();
  await done(page);
  await expect(page.locator("canvas")).toBeVisible({ timeout: 30_000 });
});

test("several jobs run at once, the studio’s list follows them, and two are compared", async ({ page }) => {
  await choose(page, "fox.mp4");
  await submit(page);
  await choose(page, "fox.mp4");
  await submit(page);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "fox" })).toHaveCount(2);
  await expect(page.getByText("Waiting for a worker")).toBeVisible();
  await expect(page.getByText("Done")).toHaveCount(2, { timeout: 2 * JOB_MS });
  await page.getByRole("link", { name: "Compare versions of fox" }).click();
  await expect(page.locator("[data-phase=ready]")).toHaveCount(2, { timeout: 60_000 });
  const slider = page.getByRole("slider", { name: "Frame" });
  await slider.fill("5");
  await expect(slider).toHaveValue("5");
  await expectAccessible(page);
  await expectNoOverflow(page);
  await page.goto("/");
  const forget = page.getByRole("button", { name: "Forget fox" }).first();
  await forget.click(); // and say no: Playwright dismisses what asks
  await expect(page.getByRole("link", { name: /^fox/ })).toHaveCount(2);
  page.once("dialog", (dialog) => void dialog.accept());
  await forget.click();
  await expect(page.getByRole("link", { name: "fox" })).toHaveCount(1);
  await expect(page.getByRole("heading", { name: "Your meshes" })).toBeFocused();
});

test("everything can be done from the keyboard", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await choose(page, "fox.mp4");
  await page.getByRole("slider", { name: "End of the part" }).focus();
  for (let press = 0; press < 20; press++) await page.keyboard.press("ArrowLeft");
  await expect(page.getByText("0.00 s – 1.80 s")).toBeVisible();
  await page.getByLabel("Automatic").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByLabel("Box", { exact: true })).toBeChecked();
  await page.getByText("Type numbers instead").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Left", { exact: true }).fill("5");
  await page.getByRole("radio", { name: "16", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("The 31 ticks are the frames that will be taken.")).toBeVisible();
  await page.getByRole("button", { name: "Make the mesh" }).focus();
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/jobs"));
  await page.keyboard.press("Enter");
  const { input } = (await sent).postDataJSON() as { input: Record<string, unknown> };
  expect(input).toMatchObject({ num_frames: 31, end_s: 1.8, subject_box: [0.05, 0.1, 0.9, 0.9] });
  await page.waitForURL(/\/jobs\//);
  const cancel = page.getByRole("button", { name: "Cancel the job" });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible({ timeout: 30_000 });
});
