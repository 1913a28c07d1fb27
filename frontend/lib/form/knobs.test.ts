import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import schema from "@/lib/contract/request.schema.json";
import { KNOBS, knobOf } from "./knobs";

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
const accepts = ajv.compile(schema);
const isAccepted = (fields: object) => accepts({ video_base64: "AAAA", ...fields });

test("the advanced settings are those that the schema has beside the studio's own", () => {
  expect(KNOBS.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    "max_frames: number",
    "fps: number",
    "seed: number",
    "stage_0_steps: number",
    "stage_1_steps: number",
    "guidance_scale: number",
    "face_decimation: number",
    "floaters_threshold: number",
    "anchor_idx: number",
    "subsampling: number",
    "windows: choice",
    "overlap: number",
    "masks: choice",
    "outputs: choices",
    "animated_mesh_profile: choice",
    "keyframe_error: number",
    "texture: choice",
    "texture_size: choice",
    "loop: switch",
    "cache: switch",
    "blender_export: switch",
  ]);
});

test("titles are in sentence case", () => {
  expect(KNOBS.map(({ title }) => title)).toEqual([
    "Max frames",
    "Frames per second",
    "Seed",
    "Stage 0 steps",
    "Stage 1 steps",
    "Guidance scale",
    "Face decimation",
    "Floaters threshold",
    "Anchor frame",
    "Subsampling",
    "Windows",
    "Overlap",
    "Masks",
    "Outputs",
    "Animated mesh profile",
    "Keyframe error",
    "Colour from the video",
    "Size of the colours",
    "Loop",
    "Cache",
    "Blender export",
  ]);
});

test("the schema accepts every default, and every choice", () => {
  for (const knob of KNOBS) {
    expect([knob.name, isAccepted({ [knob.name]: knob.default })]).toEqual([knob.name, true]);
    if (knob.kind === "choice")
      for (const choice of knob.choices) expect(isAccepted({ [knob.name]: choice })).toBe(true);
    if (knob.kind === "choices") expect(isAccepted({ [knob.name]: knob.choices })).toBe(true);
  }
});

test("a kind of field that no form shows is not passed over", () => {
  const property = { title: "Colour", description: "A colour.", type: "object" };
  expect(() => knobOf("colour", property)).toThrow("no form has a field like colour");
});
