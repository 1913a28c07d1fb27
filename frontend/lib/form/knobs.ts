import schema from "@/lib/contract/request.schema.json";

interface Common {
  /** The field's name in the request. */
  name: string;
  /** A label, in sentence case. */
  title: string;
  description: string;
}

/** A field of the request as a form shows it: bounds, choices and defaults are the worker's schema's. */
export type Knob =
  | (Common & {
      kind: "number";
      /** null: the worker chooses. */
      default: number | null;
      min: number | null;
      max: number | null;
      /** Whether `min` itself is too little. */
      aboveMin: boolean;
      whole: boolean;
    })
  | (Common & { kind: "choice"; default: string | number; choices: (string | number)[] })
  | (Common & { kind: "choices"; default: string[]; choices: string[] })
  | (Common & { kind: "switch"; default: boolean });

/** What is short in code is written out. */
const WHOLE_WORDS: Record<string, string> = { Fps: "Frames per second", Idx: "frame" };

/** Fields that have a place of their own in the studio, or that it does not have. */
const ELSEWHERE = new Set([
  "num_frames",
  "start_s",
  "end_s",
  "mode",
  "subject_box",
  "subject_points",
  "video_url",
  "video_base64",
  "mesh_url",
  "mesh_base64",
  "animation_url",
  "animation_base64",
]);

/** What is needed of a property of the schema. */
interface Property {
  title: string;
  description: string;
  type?: string;
  default?: unknown;
  enum?: (string | number)[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  items?: { enum?: string[] };
  anyOf?: Partial<Property>[];
}

/** The advanced settings: every other field of the request, in the schema's order. */
export const KNOBS: readonly Knob[] = Object.entries(schema.properties as Record<string, unknown>)
  .filter(([name]) => !ELSEWHERE.has(name))
  .map(([name, property]) => knobOf(name, property as Property));

/**
 * @throws Error for a kind of field that no form here shows: the schema has grown, and so must this
 */
export function knobOf(name: string, property: Property): Knob {
  const nullable = property.anyOf?.filter(({ type }) => type !== "null") ?? [{}];
  const field = { ...property, ...nullable[0] };
  const common = { name, title: titleOf(property.title), description: property.description };
  if (nullable.length === 1) {
    if (field.enum && (typeof field.default === "string" || typeof field.default === "number")) {
      return { ...common, kind: "choice", default: field.default, choices: field.enum };
    }
    if (field.type === "boolean") return { ...common, kind: "switch", default: field.default === true };
    if (field.type === "number" || field.type === "integer") return { ...common, ...numberOf(field) };
    if (field.items?.enum && Array.isArray(field.default)) {
      return { ...common, kind: "choices", default: field.default as string[], choices: field.items.enum };
    }
  }
  throw new Error(`no form has a field like ${name}`);
}

function numberOf(field: Property) {
  return {
    kind: "number" as const,
    default: typeof field.default === "number" ? field.default : null,
    min: field.exclusiveMinimum ?? field.minimum ?? null,
    max: field.maximum ?? null,
    aboveMin: field.exclusiveMinimum !== undefined,
    whole: field.type === "integer",
  };
}

/** Face Decimation becomes Face decimation. */
function titleOf(title: string): string {
  const words = title
    .split(" ")
    .map((word, index) => WHOLE_WORDS[word] ?? (index === 0 ? word : word.toLowerCase()));
  return words.join(" ");
}
