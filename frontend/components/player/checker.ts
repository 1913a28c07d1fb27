import {
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  RepeatWrapping,
  SRGBColorSpace,
  type Texture,
} from "three";

const PIXELS = 512;
const FIELDS = 16; // across
const DARKER = 0.72;

/** A picture that shows texture coordinates: red grows with u, green with v, in a chessboard of 16 fields a side. */
export function newChecker(): Texture {
  const data = new Uint8Array(PIXELS * PIXELS * 4);
  const field = PIXELS / FIELDS;
  for (let at = 0; at < PIXELS * PIXELS; at += 1) {
    const [x, y] = [at % PIXELS, Math.floor(at / PIXELS)];
    const isDark = (Math.floor(x / field) + Math.floor(y / field)) % 2 === 1;
    const strength = isDark ? DARKER : 1;
    data.set(
      [(60 + (195 * x) / PIXELS) * strength, (60 + (195 * y) / PIXELS) * strength, 140 * strength, 255],
      4 * at,
    );
  }
  const texture = new DataTexture(data, PIXELS, PIXELS);
  Object.assign(texture, {
    colorSpace: SRGBColorSpace,
    wrapS: RepeatWrapping,
    wrapT: RepeatWrapping,
    magFilter: LinearFilter,
    minFilter: LinearMipmapLinearFilter,
    generateMipmaps: true,
    anisotropy: 8,
    needsUpdate: true,
  });
  return texture;
}
