import { expect, expectAccessible, expectNoOverflow, test } from "./stack/test";

declare global {
  interface Window {
    /** How much of the page has jumped, by layout shifts' own measure. */
    shift: number;
  }
}

const PAGES = [
  { path: "/", heading: "Turn a short video into an animated 3D mesh" },
  { path: "/examples", heading: "Examples" },
  { path: "/examples/fox", heading: "A walk" },
];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    for (const { path, heading } of PAGES) {
      test(`${path} is accessible`, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
        await expectAccessible(page);
      });
    }
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 375, height: 812 } });
  for (const { path } of PAGES) {
    test(`${path} is no wider than the window`, async ({ page }) => {
      await page.goto(path);
      await expectNoOverflow(page);
    });
  }
});

for (const { name, width, beside } of [
  { name: "fox", width: 1440, beside: true },
  { name: "dinosaur", width: 1440, beside: true }, // filmed upright
  { name: "fox", width: 375, beside: false },
  { name: "dinosaur", width: 375, beside: true },
]) {
  test(`clip and mesh of ${name} have room beside each other, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`/examples/${name}`);
    await expect(page.getByText("The mesh is shown.")).toBeAttached({ timeout: 60_000 });
    const clip = await page.getByLabel("Source video, in step with the mesh").boundingBox();
    const mesh = await page.locator("canvas").boundingBox();
    if (clip === null || mesh === null) throw new Error("they are not shown");
    if (beside) {
      expect(clip.x + clip.width).toBeCloseTo(mesh.x, 0);
      expect(clip.y).toBeCloseTo(mesh.y, 0);
      expect(clip.height).toBeCloseTo(mesh.height, 0);
    } else {
      expect(clip.y + clip.height).toBeCloseTo(mesh.y, 0);
      expect(clip.width).toBeCloseTo(mesh.width, 0);
    }
    await expectNoOverflow(page);
  });
}

test.describe("an address that leads nowhere", () => {
  test.use({ allowed: [/404/] });
  test("says so", async ({ page }) => {
    const response = await page.goto("/nowhere");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
    await expectAccessible(page);
  });
});

test("a link that is posted shows a title, a sentence and a picture", async ({ page, baseURL }) => {
  for (const path of ["/", "/examples", "/jobs/00000000-0000-0000-0000-000000000000-u1"]) {
    const html = await (await page.request.get(path)).text();
    const tags = new Map(
      [...html.matchAll(/<meta property="og:(\w+)" content="([^"]+)"/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    expect([path, tags.get("title"), tags.get("description")]).toEqual([
      path,
      expect.stringMatching(/\w/),
      expect.stringMatching(/\w+\.$/),
    ]);
    expect(tags.get("image")).toBe(`${baseURL}/examples/first/light.webp`);
    expect((await page.request.get(tags.get("image") ?? "")).ok()).toBe(true);
  }
});

test("the theme can be chosen, and stays", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Dark mode" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Light mode" })).toBeVisible();
});

test.describe("with less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });
  test("the example stands still until it is played", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("button", { name: "Play the example" })).toBeVisible();
    expect(await page.locator("video").evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
  });
});

test("the example plays by itself, and can be paused", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Pause the example" }).click();
  await expect(page.getByRole("button", { name: "Play the example" })).toBeVisible();
});

test("the first screen needs no scrolling, and tells how soon it can be used", async ({ page }) => {
  await page.goto("/"); // once, so that the server is warm
  const readyMs: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = Date.now();
    await page.goto("/", { waitUntil: "commit" });
    await page.getByRole("button", { name: /the example/ }).waitFor(); // it comes with hydration
    readyMs.push(Date.now() - start);
  }
  console.log(`ready after ${readyMs.join(", ")} ms`);
  const bottom = await page
    .getByText("Choose a video")
    .evaluate((node) => node.getBoundingClientRect().bottom);
  expect(bottom).toBeLessThan(720);
});

test("the first load's scripts are at most 160 KB compressed", async ({ page }) => {
  const sizes: number[] = [];
  page.on("response", async (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push((await response.request().sizes()).responseBodySize);
  });
  await page.goto("/", { waitUntil: "networkidle" });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${sizes.length} scripts, ${total} bytes`);
  expect(sizes.length).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(160_000);
});

for (const width of [1280, 820, 375]) {
  test(`nothing jumps as the player comes, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
          window.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto("/examples/fox");
    await expect(page.getByText("The mesh is shown.")).toBeAttached({ timeout: 60_000 });
    expect(await page.evaluate(() => window.shift)).toBeLessThan(0.05); // below 0.1 is held to be good
  });
}
