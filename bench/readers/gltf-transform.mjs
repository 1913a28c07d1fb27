// How glTF-Transform reads a GLB: node gltf-transform.mjs FILE. Prints what read.py prints; its keys are played
// here from the accessors that it gives.

import { NodeIO, VERSION } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { MeshoptDecoder } from "meshoptimizer";

await MeshoptDecoder.ready;
const io = new NodeIO()
  .registerExtensions(ALL_EXTENSIONS)
  .registerDependencies({ "meshopt.decoder": MeshoptDecoder });
const root = (await io.read(process.argv[2])).getRoot();
const [node] = root.listNodes();
const [primitive] = node.getMesh().listPrimitives();
const vectors = (accessor) =>
  Array.from({ length: accessor.getCount() }, (_, index) => accessor.getElement(index, []));
const base = vectors(primitive.getAttribute("POSITION"));
const shapes = primitive.listTargets().map((target) => vectors(target.getAttribute("POSITION")));
const [sampler] = root.listAnimations()[0].listSamplers();
const weights = sampler.getOutput();
const scale = node.getScale();
const translation = node.getTranslation();
const frames = Array.from({ length: sampler.getInput().getCount() }, (_, key) => {
  const used = shapes.map((_, index) => weights.getScalar(key * shapes.length + index));
  return base.map((start, vertex) =>
    start.map((value, axis) => {
      const moved = used.reduce((sum, weight, index) => sum + weight * shapes[index][vertex][axis], value);
      return moved * scale[axis] + translation[axis];
    }),
  );
});
console.log(JSON.stringify({ version: VERSION, frames }));
