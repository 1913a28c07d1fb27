import { expect, test } from "vitest";
import { downloadName, slug } from "./names";

test.each([
  ["Camel.mp4", "camel"],
  ["My Clip (final) v2.MOV", "my-clip-final-v2"],
  ["../../etc/passwd", "etc-passwd"],
  ["Fußgänger über Zebra.webm", "fußgänger-über-zebra"],
  ["らくだ.mp4", "らくだ"],
  ["🐫.mp4", "mesh"],
  ["", "mesh"],
  ["clip.v1", "clip-v1"],
  ["---", "mesh"],
])("%s becomes %s", (name, expected) => {
  expect(slug(name)).toBe(expected);
});

test("long names are cut", () => {
  expect(slug("a".repeat(500))).toBe("a".repeat(60));
});

test("files are called after the video", () => {
  expect(downloadName("animated_mesh.glb", "Camel.mp4")).toBe("camel-animated-mesh.glb");
  expect(downloadName("mesh_007.glb", "camel")).toBe("camel-mesh-007.glb");
});
