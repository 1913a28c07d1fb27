/** What a small GLB of a triangle is made of; for tests. Whatever is left out is not in it. */
export interface GlbParts {
  /** Three a vertex; of Int16Array four, the last of which is no part of it. */
  positions?: Float32Array | Int16Array;
  targets?: Int16Array[];
  keyTimes?: number[];
  /** Of each key one a target. */
  weights?: number[];
  scale?: number;
  taken?: number[];
  /** Address of a base colour picture. */
  picture?: string;
  /** Shown as it is, without light. */
  unlit?: boolean;
  /** Two joints, one upon the other, of which the upper turns; of each vertex the share of the upper. */
  rig?: { shares: number[]; upperAt: [number, number, number]; turns: number[]; keyTimes: number[] };
}

/** A triangle whose tip goes up: 16 bits and a hundredth in size, as the worker's quantized profile has them. */
export const TIP: GlbParts = {
  positions: new Int16Array([0, 0, 0, 0, 100, 0, 0, 0, 0, 100, 0, 0]),
  targets: [
    new Int16Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0]),
    new Int16Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0]),
  ],
  keyTimes: [0, 0.5, 1],
  weights: [0, 0, 1, 0, 0, 1],
  scale: 0.01,
  taken: [0, 0.25, 0.75],
};

const FLOAT = 5126;
const SHORT = 5122;
const UNSIGNED_SHORT = 5123;
const TYPES = new Map<unknown, number>([
  [Float32Array, FLOAT],
  [Int16Array, SHORT],
  [Uint16Array, UNSIGNED_SHORT],
]);

const bounds = { min: [0, 0, 0], max: [100, 300, 0] }; // which readers want to see, and which are not looked at

/** A GLB file of one triangle. */
export function glbOf(parts: GlbParts): ArrayBuffer {
  const chunks: Uint8Array[] = [];
  const bufferViews: object[] = [];
  const accessors: object[] = [];
  const animations: { samplers: object[]; channels: object[] }[] = [];

  function add(
    values: Float32Array | Int16Array | Uint16Array,
    type: "VEC3" | "VEC4" | "MAT4" | "SCALAR",
    count: number,
  ): number {
    const byteOffset = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const short = values instanceof Int16Array;
    chunks.push(new Uint8Array(values.buffer.slice(0)));
    bufferViews.push({
      buffer: 0,
      byteOffset,
      byteLength: values.byteLength,
      ...(short ? { byteStride: 8 } : {}),
    });
    accessors.push({
      bufferView: bufferViews.length - 1,
      componentType: TYPES.get(values.constructor),
      count,
      type,
      ...(type === "VEC3" ? bounds : {}),
    });
    return accessors.length - 1;
  }

  const { positions, targets = [], keyTimes, weights, scale = 1, taken, picture, unlit = false, rig } = parts;
  const json: Record<string, unknown> = { asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [] }] };
  if (taken !== undefined) json.scenes = [{ nodes: [], extras: { source_timestamps_s: taken } }];
  if (positions !== undefined) {
    const primitive = {
      attributes: {
        POSITION: add(positions, "VEC3", 3),
        ...(rig && {
          JOINTS_0: add(new Uint16Array([0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]), "VEC4", 3),
          WEIGHTS_0: add(
            new Float32Array(rig.shares.flatMap((share) => [1 - share, share, 0, 0])),
            "VEC4",
            3,
          ),
        }),
      },
      ...(targets.length > 0
        ? { targets: targets.map((target) => ({ POSITION: add(target, "VEC3", 3) })) }
        : {}),
      ...(picture === undefined ? {} : { material: 0 }),
    };
    json.meshes = [{ name: "triangle", primitives: [primitive] }];
    json.nodes = [{ name: "triangle", mesh: 0, scale: [scale, scale, scale] }];
    (json.scenes as { nodes: number[] }[])[0]?.nodes.push(0);
  }
  if (rig !== undefined) {
    const { upperAt, turns } = rig;
    const inverses = [...move(0, 0, 0), ...move(-upperAt[0], -upperAt[1], -upperAt[2])];
    json.skins = [{ joints: [1, 2], inverseBindMatrices: add(new Float32Array(inverses), "MAT4", 2) }];
    json.nodes = [
      { name: "triangle", mesh: 0, skin: 0 },
      { name: "lower", children: [2] },
      { name: "upper", translation: upperAt },
    ];
    (json.scenes as { nodes: number[] }[])[0]?.nodes.push(1);
    const about = turns.flatMap((angle) => [0, 0, Math.sin(angle / 2), Math.cos(angle / 2)]);
    const sampler = {
      input: add(new Float32Array(rig.keyTimes), "SCALAR", turns.length),
      output: add(new Float32Array(about), "VEC4", turns.length),
    };
    animations.push({
      samplers: [sampler],
      channels: [{ sampler: 0, target: { node: 2, path: "rotation" } }],
    });
  }
  if (picture !== undefined) {
    json.images = [{ uri: picture }];
    json.textures = [{ source: 0 }];
    const extensions = unlit ? { KHR_materials_unlit: {} } : {};
    json.extensionsUsed = Object.keys(extensions);
    json.materials = [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } }, extensions }];
  }
  if (keyTimes !== undefined && weights !== undefined) {
    const sampler = {
      input: add(new Float32Array(keyTimes), "SCALAR", keyTimes.length),
      output: add(new Float32Array(weights), "SCALAR", weights.length),
    };
    const [animation = { samplers: [], channels: [] }] = animations;
    const channel = { sampler: animation.samplers.length, target: { node: 0, path: "weights" } };
    animations[0] = {
      samplers: [...animation.samplers, sampler],
      channels: [...animation.channels, channel],
    };
  }
  if (animations.length > 0) json.animations = animations;
  return wrapped({ ...json, ...(chunks.length > 0 ? { bufferViews, accessors } : {}) }, chunks);
}

function move(x: number, y: number, z: number): number[] {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];
}

function wrapped(json: Record<string, unknown>, chunks: Uint8Array[]): ArrayBuffer {
  const binary = Buffer.concat(chunks);
  if (binary.length > 0) json.buffers = [{ byteLength: binary.length }];
  const text = Buffer.from(JSON.stringify(json));
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 3, " ")]);
  const head = Buffer.alloc(20);
  head.write("glTF");
  const total = 20 + padded.length + (binary.length > 0 ? 8 + binary.length : 0);
  for (const [place, value] of [2, total, padded.length, 0x4e4f534a].entries())
    head.writeUInt32LE(value, 4 + 4 * place);
  const rest = Buffer.alloc(binary.length > 0 ? 8 : 0);
  if (binary.length > 0) {
    rest.writeUInt32LE(binary.length, 0);
    rest.writeUInt32LE(0x004e4942, 4);
  }
  return new Uint8Array(Buffer.concat([head, padded, rest, binary])).buffer;
}
