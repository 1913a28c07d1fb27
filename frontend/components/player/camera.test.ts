import { Box3, PerspectiveCamera, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { directionOf, FIRST_VIEW, fittingDistance, turned, verticalAngle, viewFrom } from "./camera";

const BOXES = [
  new Box3(new Vector3(-1, -0.7, -0.25), new Vector3(1, 0.7, 0.25)),
  new Box3(new Vector3(5, 0, 0), new Vector3(5.2, 3, 0.4)),
  new Box3(new Vector3(-0.1, -0.1, -4), new Vector3(0.1, 0.1, 4)),
];

/** How far the box's corners reach from the middle of the picture: 1 is its edge. */
function reach(box: Box3, aspect: number, yaw: number): number {
  const middle = box.getCenter(new Vector3());
  const camera = new PerspectiveCamera(verticalAngle(aspect), aspect, 0.01, 1000);
  camera.position.copy(directionOf({ yaw, pitch: FIRST_VIEW.pitch }));
  camera.position.multiplyScalar(fittingDistance(box, aspect)).add(middle);
  camera.lookAt(middle);
  camera.updateMatrixWorld();
  const corners = [box.min.x, box.max.x].flatMap((x) =>
    [box.min.y, box.max.y].flatMap((y) => [box.min.z, box.max.z].map((z) => new Vector3(x, y, z))),
  );
  return Math.max(
    ...corners.map((corner) => corner.project(camera)).flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]),
  );
}

describe("fittingDistance", () => {
  it.each([0.6, 1, 1.8])("keeps every box within the picture from all around, at aspect %f", (aspect) => {
    for (const box of BOXES) {
      const reaches = [0, 45, 90, 135, 180, 225, 270, 315].map((yaw) =>
        reach(box, aspect, (yaw * Math.PI) / 180),
      );
      const [first = 0] = reaches;
      expect(first).toBeLessThanOrEqual(0.801); // a tenth is free on each side
      expect(Math.max(...reaches)).toBeLessThanOrEqual(1.001);
      expect(first > 0.799 || Math.max(...reaches) > 0.999).toBe(true); // and it is no further away than that needs
    }
  });

  it("stands somewhere where there is nothing to see", () => {
    expect(fittingDistance(new Box3(new Vector3(1, 1, 1), new Vector3(1, 1, 1)), 1)).toBe(1);
  });
});

describe("views", () => {
  it("begins where the film was taken", () => {
    const direction = directionOf(FIRST_VIEW);
    expect(direction.x).toBeCloseTo(0);
    expect(direction.z).toBeGreaterThan(0.98);
  });

  it("reads a view back from a camera's place", () => {
    const view = { yaw: 2.1, pitch: -0.4 };
    const read = viewFrom(directionOf(view).multiplyScalar(7));
    expect(read.yaw).toBeCloseTo(view.yaw);
    expect(read.pitch).toBeCloseTo(view.pitch);
  });

  it("never goes over the top", () => {
    expect(turned(FIRST_VIEW, 0.5, 9)).toEqual({ yaw: 0.5, pitch: expect.closeTo(1.4835, 3) });
    expect(turned(FIRST_VIEW, 0, -9).pitch).toBeCloseTo(-1.4835, 3);
  });
});
