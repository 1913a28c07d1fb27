import { expect, test } from "vitest";
import { downloadable, entriesOf } from "./entries";
import { wholeResult } from "./sample";

test("what was made is listed, the animated mesh first", () => {
  const titles = entriesOf(wholeResult()).map((entry) => `${entry.title}: ${entry.files.length}`);
  expect(titles).toEqual([
    "Animated mesh: 1",
    "A mesh per frame: 2",
    "Preview video: 1",
    "Preview loop: 1",
    "Poster: 1",
  ]);
});

test("the animated mesh says what opens it", () => {
  const compact = wholeResult();
  compact.animated_mesh_info = { profile: "compact", max_error: 0 };
  expect(entriesOf(compact)[0]?.what).toBe(
    "The moving mesh, with a morph target per frame and an animation that plays them. Compressed with meshopt: for the web.",
  );
});

test("a file that had no room cannot be had", () => {
  const result = wholeResult();
  for (const file of result.files.meshes) file.url = null;
  const { files, bytes } = downloadable(entriesOf(result));
  expect(files.map((file) => file.name)).toEqual([
    "animated_mesh.glb",
    "preview.mp4",
    "preview.webp",
    "poster.png",
  ]);
  expect(bytes).toBe(1_727_396 + 485_252 + 126_352 + 211_894);
});
