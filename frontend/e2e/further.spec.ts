import {
  choose,
  done,
  expect,
  expectAccessible,
  expectNoOverflow,
  nextJob,
  SHOWN_MS,
  submit,
  test,
} from "./stack/test";

test("further files are made of a result, also after a reload, and what cannot be made says why", async ({
  page,
}) => {
  await choose(page, "fox.mp4");
  await submit(page);
  await done(page);
  const more = page.getByRole("region", { name: "More forms" });
  const sent: string[] = [];
  page.on("request", (request) => {
    const input = request.url().endsWith("/api/jobs") ? request.postDataJSON()?.input : undefined;
    if (input) sent.push(...Object.keys(input));
  });
  await page.reload();
  const obj = nextJob(page);
  await more.getByRole("button", { name: "Make OBJ sequence" }).dblclick();
  await obj;
  await expect(page.getByRole("button", { name: "Save OBJ sequence" })).toBeVisible({ timeout: SHOWN_MS });
  expect(sent.sort()).toEqual(["animation_base64", "outputs"]); // there is no bucket, and so no link
  await expect(more.getByRole("button", { name: "Make OBJ sequence" })).toHaveCount(0);
  const fbx = nextJob(page);
  await more.getByRole("button", { name: "Make Animated mesh, FBX" }).press("Enter");
  await fbx;
  await page.keyboard.press("Enter"); // slowly again: it cancels nothing
  const lacks = more.getByText("fbx was not made: this worker lacks Blender.");
  await expect(lacks).toBeVisible({ timeout: SHOWN_MS });
  await expectAccessible(page);
  await expectNoOverflow(page);
  await page.screenshot({ path: test.info().outputPath("further.png"), fullPage: true });
  await page.reload();
  const saving = page.waitForEvent("download");
  const save = page.getByRole("button", { name: "Save OBJ sequence" });
  await save.press("Enter");
  expect((await saving).suggestedFilename()).toBe("fox-obj-sequence.zip");
  await expect(save).toBeFocused();
  await expect(lacks).toBeVisible();
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoOverflow(page);
  await more.screenshot({ path: test.info().outputPath("narrow.png") });
});
