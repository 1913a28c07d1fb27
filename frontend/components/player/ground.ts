import {
  BackSide,
  type Box3,
  BufferAttribute,
  BufferGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  type Texture,
  Vector3,
} from "three";
import type { StageTheme } from "./types";

const SHADE = { light: 0.4, dark: 0.62 };
const LINES = { light: 0x3c4049, dark: 0xc9ccd4 };
const CELLS = 16; // of the grid, across
const CELL_SHARE = 1 / 5; // of the box's longer side on the ground
const BELOW = 2e-3; // of that side: how far the ground is below the lowest vertex, so that the two do not flicker

/** What a mesh stands on: the square where its shadow falls, and a grid. */
export interface Ground {
  readonly group: Group;
  /** Its middle and its side, in the scene's units. */
  readonly middle: Vector3;
  readonly side: number;
  show(options: { grid: boolean; theme: StageTheme }): void;
  dispose(): void;
}

/**
 * The ground under a box.
 *
 * @param box around all keys.
 * @param shadow a square picture of the shadow, seen from below: white where it is darkest.
 */
export function newGround(box: Box3, shadow: Texture): Ground {
  const size = box.getSize(new Vector3());
  const long = Math.max(size.x, size.z, size.y * 0.4, 1e-6);
  const middle = box.getCenter(new Vector3()).setY(box.min.y - long * BELOW);
  const side = long * 1.7;
  const plane = shadowPlane(side, shadow);
  const grid = newGrid(long * CELL_SHARE);
  const group = new Group();
  group.add(plane, grid);
  group.position.copy(middle);
  return {
    group,
    middle,
    side,
    show(options) {
      plane.material.opacity = SHADE[options.theme];
      grid.material.color.set(LINES[options.theme]);
      grid.visible = options.grid;
    },
    dispose() {
      for (const { geometry, material } of [plane, grid]) {
        geometry.dispose();
        material.dispose();
      }
    },
  };
}

function shadowPlane(side: number, shadow: Texture): Mesh<PlaneGeometry, MeshBasicMaterial> {
  const material = new MeshBasicMaterial({
    color: 0x000000,
    alphaMap: shadow,
    transparent: true,
    depthWrite: false,
    side: BackSide, // turned face down, so that the picture taken from below is the right way round; seen from above only
    toneMapped: false,
  });
  const plane = new Mesh(new PlaneGeometry(side, side), material);
  plane.rotation.x = Math.PI / 2;
  plane.renderOrder = -1;
  return plane;
}

/** A round grid that fades out; `cell` is the side of one of its squares. */
function newGrid(cell: number): LineSegments<BufferGeometry, LineBasicMaterial> {
  const half = CELLS / 2;
  const points: number[] = [];
  for (let across = -half; across <= half; across++) {
    for (let along = -half; along < half; along++) {
      points.push(across, 0, along, across, 0, along + 1, along, 0, across, along + 1, 0, across);
    }
  }
  const colours: number[] = [];
  for (let i = 0; i < points.length; i += 3) {
    const out = Math.hypot(points[i] ?? 0, points[i + 2] ?? 0) / half;
    colours.push(1, 1, 1, Math.max(0, 1 - out) ** 1.5 * 0.55);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute(
    "position",
    new BufferAttribute(new Float32Array(points.map((value) => value * cell)), 3),
  );
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(colours), 4));
  const material = new LineBasicMaterial({
    vertexColors: true,
    transparent: true,
    depthWrite: false,
    toneMapped: false,
  });
  const grid = new LineSegments(geometry, material);
  grid.renderOrder = -2;
  return grid;
}
