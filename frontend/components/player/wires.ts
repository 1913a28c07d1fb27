import { type Color, MeshBasicMaterial, type Texture } from "three";

const OPACITY = 0.6;

/**
 * Lines of a wireframe that are seen on any surface: dark where it is light, light where it is dark.
 *
 * @param surface what the surface below is drawn with
 */
export function newWires(surface: {
  color: Color;
  map?: Texture | null;
  vertexColors?: boolean;
}): MeshBasicMaterial {
  const material = new MeshBasicMaterial({
    map: null,
    ...surface,
    wireframe: true,
    transparent: true,
    opacity: OPACITY,
    toneMapped: false,
  });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace("#include <color_fragment>", CONTRAST);
  };
  material.customProgramCacheKey = () => "wires";
  return material;
}

/** 0.18 is a grey in the middle for the eye. */
const CONTRAST = `
#include <color_fragment>
float brightness = dot(diffuseColor.rgb, vec3(0.2126, 0.7152, 0.0722));
diffuseColor.rgb = vec3(mix(0.95, 0.01, step(0.18, brightness)));`;
