import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import schema from "@/lib/contract/request.schema.json";
import { KNOBS } from "./knobs";
import { boundsOf, changed, conflictIn, readNumber } from "./values";

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
const accepts = ajv.compile(schema);
const isAccepted = (fields: object) => accepts({ video_base64: "AAAA", ...fields });

function numberKnob(name: string) {
  const knob = KNOBS.find((one) => one.name === name);
  if (knob?.kind !== "number") throw new Error(`${name} is a number`);
  return knob;
}

test("what is typed is read as the schema would take it", () => {
  for (const knob of KNOBS) {
    if (knob.kind !== "number") continue;
    const edges = [knob.min, knob.max].flatMap((edge) =>
      edge === null ? [] : [edge - 1, edge, edge + 1, edge + 0.5],
    );
    for (const value of [...edges, 0, 2, 7.25]) {
      const reading = readNumber(knob, String(value));
      expect([knob.name, value, "value" in reading]).toEqual([
        knob.name,
        value,
        isAccepted({ [knob.name]: value }),
      ]);
    }
  }
});

test("an empty field is the default", () => {
  expect(readNumber(numberKnob("seed"), " ")).toEqual({ value: 44 });
  expect(readNumber(numberKnob("guidance_scale"), "")).toEqual({ value: null });
});

test("what is wrong is said with the bounds", () => {
  expect(readNumber(numberKnob("seed"), "1.5")).toEqual({
    problem: "Type a whole number from 0 to 4,294,967,295.",
  });
  expect(readNumber(numberKnob("fps"), "0")).toEqual({ problem: "Type a number above 0 up to 120." });
  expect(readNumber(numberKnob("fps"), "many")).toEqual({ problem: "Type a number above 0 up to 120." });
  expect(boundsOf({ ...numberKnob("seed"), max: null })).toBe("a whole number from 0 on");
});

test("a request names what differs from the defaults alone", () => {
  const outputs = ["preview", "animated_mesh", "meshes"]; // the default, in another order
  expect(changed({ seed: 44, fps: null, cache: true, outputs, masks: "auto" })).toEqual({});
  expect(changed({ seed: 7, fps: 8, outputs: ["meshes"] })).toEqual({ seed: 7, fps: 8, outputs: ["meshes"] });
});

test("values that do not go together are told", () => {
  expect(conflictIn({ anchor_idx: 16 }, 16)).toBe(
    "The anchor frame must be one of the first 16 frames taken: 0 to 15.",
  );
  expect(conflictIn({ anchor_idx: 16 }, "auto")).toBe(conflictIn({ anchor_idx: 16 }, 16));
  expect(conflictIn({ anchor_idx: 15 }, "auto")).toBeNull();
  expect(conflictIn({ anchor_idx: 30 }, 31)).toBeNull();
  expect(conflictIn({ anchor_idx: 15, outputs: ["meshes"] }, 16)).toBeNull();
  expect(conflictIn({ overlap: 4 }, 46)).toBe("Windows overlap by more than one frame in a chain alone.");
  expect(conflictIn({ overlap: 4, windows: "chain" }, 46)).toBeNull();
  expect(conflictIn({ overlap: 1 }, 46)).toBeNull();
  expect(conflictIn({ texture_size: 2048 }, 46)).toBe(
    "A size of the colours needs colour from the video: auto or video.",
  );
  expect(conflictIn({ texture_size: 2048, texture: "auto" }, 46)).toBeNull();
  expect(conflictIn({ max_frames: 61 }, 46)).toBe("Max frames bounds Auto alone.");
  expect(conflictIn({ max_frames: 61 }, "auto")).toBeNull();
  expect(conflictIn({ outputs: [] }, 16)).toBe("Choose at least one kind of file.");
});
