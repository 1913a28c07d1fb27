import { z } from "zod";
import { WORKER } from "@/lib/contract/worker";
import { isLoopback } from "./address";
import { originsOf, serverOf } from "./bucket";

const MB = 1_000_000;
const ENGINES = Object.keys(WORKER.engines);
const SECRETS = new Set([
  "RUNPOD_API_KEY",
  "BUCKET_ACCESS_KEY_ID",
  "BUCKET_SECRET_ACCESS_KEY",
  "WEB_API_KEY",
]);

const ADDRESS = "an address, http or https, without user, query and fragment";

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !(username || password || search || hash);
}

const address = () => z.string().refine(isAddress, { error: ADDRESS });

const secret = () => z.string().regex(/^[\x21-\x7e]+$/, "printable ASCII without spaces");

function numberFrom(least: number, most: number, whole: boolean) {
  const error = `a ${whole ? "whole " : ""}number from ${least} to ${most}`;
  return z
    .string()
    .regex(whole ? /^\d+$/ : /^\d+(\.\d+)?$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

const count = (least: number, most: number) => numberFrom(least, most, true);

const listOf = (isRight: (item: string) => boolean, error: string) =>
  z
    .string()
    .transform((text) => text.split(",").map((item) => item.trim()))
    .refine((items) => items.every(isRight), { error });

const isOrigin = (text: string) => isAddress(text) && new URL(text).origin === text;
const isHost = (text: string) =>
  /^(\[[\da-f:]+\]|[a-z\d.-]+)$/.test(text) &&
  URL.canParse(`http://${text}`) &&
  new URL(`http://${text}`).hostname === text;

const ofVercel = (what: string) => z.string().optional().describe(`Set by Vercel: ${what}`);

/** One field a variable, with what README says of it. */
export const VARIABLES = z.object({
  RUNPOD_BASE_URL: address()
    .default("https://api.runpod.ai/v2")
    .describe("RunPod's API. `make local` has its own: `http://127.0.0.1:8000/v2`."),
  RUNPOD_ENDPOINT_ID: z
    .string()
    .regex(/^[\w-]{1,64}$/, "letters, digits, _ and -, up to 64")
    .optional()
    .describe("The endpoint that runs the worker. Without it the page shows its examples and history alone."),
  RUNPOD_API_KEY: secret()
    .optional()
    .describe("RunPod's key. It may be one that is limited to the endpoint."),
  WORKER_ENGINE: z
    .enum(ENGINES, ENGINES.join(" or "))
    .optional()
    .describe(
      `${ENGINES.map((name) => `\`${name}\``).join(" or ")}: what the worker runs, which decides what the form offers. The first result tells it, too.`,
    ),
  BUCKET_NAME: z
    .string()
    .regex(/^[\w.-]{3,63}$/, "a bucket's name")
    .optional()
    .describe("The worker's bucket. Larger videos go there, and the page may fetch results from it."),
  BUCKET_ENDPOINT_URL: address()
    .optional()
    .describe("Its S3 server, for any but AWS's own; with the bucket in it or without."),
  BUCKET_ACCESS_KEY_ID: secret()
    .optional()
    .describe(
      "A key that may put, get and list objects. Without one videos ride in their jobs, and results are found as long as RunPod has them.",
    ),
  BUCKET_SECRET_ACCESS_KEY: secret().optional().describe("Its secret."),
  BUCKET_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, "a region such as eu-central-1")
    .optional()
    .describe("Its region. Without one it is what the endpoint's host tells, else us-east-1."),
  BUCKET_PREFIX: z
    .string()
    .regex(/^[\w./-]*$/, "letters, digits and . _ / -")
    .default("")
    .describe("Put before every key: videos lie under `{BUCKET_PREFIX}uploads/`."),
  BUCKET_PUBLIC_URL: address()
    .optional()
    .describe("The worker's setting of that name, if it has one: where results are linked."),
  MAX_VIDEO_MB: numberFrom(0.001, 5000, false)
    .default(100)
    .describe(
      "Most of a video that is sent, in 10⁶ bytes; of a larger file a part is. Not more than the worker's own limit.",
    ),
  WEB_API_KEY: listOf((key) => /^[\x21-\x7e]{8,}$/.test(key), "keys of 8 or more printable characters")
    .default([])
    .describe(
      "Keys, with commas between, one of which callers must send to start, upload for or cancel a job.",
    ),
  ALLOWED_HOSTS: listOf(
    isHost,
    "hosts such as example.com, in small letters, without port, with commas between",
  )
    .default([])
    .describe(
      "Names that the page is reached by, such as `page.example.com`, with commas between. Loopback and this machine's own addresses need not be named.",
    ),
  ALLOWED_ORIGINS: listOf(isOrigin, "origins such as https://example.com, with commas between")
    .default([])
    .describe("Origins of other pages that may call these routes, with commas between. The page's own may."),
  ALLOW_ANYONE: z
    .enum(["0", "1"], "0 or 1")
    .default("0")
    .describe(
      "`1` lets whoever reaches the page start jobs. Needed for a page that others reach, where neither `WEB_API_KEY` nor `RATE_LIMIT_JOBS` is set.",
    ),
  RATE_LIMIT_JOBS: count(1, 100_000)
    .default(20)
    .describe("Jobs, and uploads, that a key or an address may start in a window."),
  RATE_LIMIT_READS: count(1, 1_000_000)
    .default(600)
    .describe("Other calls, such as asking how a job stands, in a window."),
  RATE_LIMIT_WINDOW_S: count(1, 86_400).default(300).describe("That window, in seconds."),
  TRUSTED_PROXIES: count(0, 10)
    .default(0)
    .describe(
      "How many proxies of yours stand before the server: so many ends of `X-Forwarded-For` are believed, and `X-Forwarded-Host`.",
    ),
  VERCEL: z
    .string()
    .optional()
    .describe("Set by Vercel, whose functions take bodies of 4.5 MB: less rides in a job then."),
  VERCEL_URL: ofVercel("a deployment's own host, which is allowed."),
  VERCEL_BRANCH_URL: ofVercel("that of its branch, as well."),
  VERCEL_PROJECT_PRODUCTION_URL: ofVercel("that of the project, as well."),
});

type Variables = z.infer<typeof VARIABLES>;

/** RunPod's endpoint. */
export interface Access {
  /** With the endpoint, without a slash at the end. */
  url: string;
  key: string;
}

export interface Bucket {
  /** Its address, to which `/` and a key are added. */
  url: string;
  region: string;
  prefix: string;
  /** Origins of links to its objects. */
  origins: string[];
  keys: { id: string; secret: string } | null;
  /** Where all may read it, without a slash at the end; null where they may not. */
  publicUrl: string | null;
}

export interface Settings {
  runpod: Access | null;
  /** That of the worker, where it is said. */
  engine: string | null;
  bucket: Bucket | null;
  maxVideoBytes: number;
  /** The largest video that may ride in a job, before base64. */
  maxInlineBytes: number;
  apiKeys: string[];
  /** Whether jobs are taken from this machine alone: nobody has said who else may spend. */
  localOnly: boolean;
  /** Without port. */
  allowedHosts: string[];
  allowedOrigins: string[];
  limits: { jobs: number; reads: number; windowS: number };
  trustedProxies: number;
}

/** RunPod takes jobs of 10 MB, Vercel bodies of 4.5 MB; base64 makes four bytes of three. */
const INLINE_BYTES = 7 * MB;
const INLINE_BYTES_ON_VERCEL = 3.2 * MB;

/**
 * Reads the settings from a mapping such as `process.env`; its other variables are passed over, and one set to
 * "" counts as unset.
 *
 * @throws Error naming every variable that is wrong, its value unless it is secret, and what is allowed
 */
export function settingsOf(environ: Record<string, string | undefined>): Settings {
  const names = Object.keys(VARIABLES.shape);
  const given = Object.fromEntries(
    names.filter((name) => environ[name]).map((name) => [name, environ[name]]),
  );
  const read = VARIABLES.safeParse(given);
  const problems = read.success
    ? contradictions(read.data, given)
    : read.error.issues.map((issue) => told(issue, given));
  if (!read.success || problems.length > 0) throw new Error(problems.join("\n"));
  const variables = read.data;
  const maxVideoBytes = Math.floor(variables.MAX_VIDEO_MB * MB);
  return {
    runpod: accessOf(variables),
    engine: variables.WORKER_ENGINE ?? null,
    bucket: bucketOf(variables),
    maxVideoBytes,
    maxInlineBytes: Math.min(maxVideoBytes, variables.VERCEL ? INLINE_BYTES_ON_VERCEL : INLINE_BYTES),
    apiKeys: variables.WEB_API_KEY,
    localOnly: isUnguarded(variables, given),
    allowedHosts: hostsOf(variables),
    allowedOrigins: variables.ALLOWED_ORIGINS,
    limits: {
      jobs: variables.RATE_LIMIT_JOBS,
      reads: variables.RATE_LIMIT_READS,
      windowS: variables.RATE_LIMIT_WINDOW_S,
    },
    trustedProxies: variables.TRUSTED_PROXIES,
  };
}

function told({ path, message }: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(path[0]);
  return SECRETS.has(name) ? `${name}: ${message}` : `${name}=${JSON.stringify(given[name])}: ${message}`;
}

/** Variables that are right each, but not together. */
function contradictions(variables: Variables, given: Record<string, unknown>): string[] {
  const problems = [
    half(variables, "RUNPOD_ENDPOINT_ID", "RUNPOD_API_KEY"),
    half(variables, "BUCKET_ACCESS_KEY_ID", "BUCKET_SECRET_ACCESS_KEY"),
    isUnguarded(variables, given) ? openedBy(variables) : null,
  ];
  const { BUCKET_NAME: bucket, BUCKET_ENDPOINT_URL: url } = variables;
  for (const name of ["ENDPOINT_URL", "ACCESS_KEY_ID", "REGION", "PUBLIC_URL"] as const) {
    if (variables[`BUCKET_${name}`] !== undefined && !bucket)
      problems.push(`BUCKET_${name}: BUCKET_NAME is missing`);
  }
  if (bucket && url && !serverOf(url, bucket).presigns) {
    problems.push(
      `BUCKET_ENDPOINT_URL=${JSON.stringify(url)}: RunPod's S3 server has no presigned links; take another`,
    );
  }
  return problems.filter((problem) => problem !== null);
}

function half(variables: Variables, one: keyof Variables, other: keyof Variables): string | null {
  if ((variables[one] === undefined) === (variables[other] === undefined)) return null;
  return `${one} and ${other}: one of the two is missing`;
}

/** Whether jobs could be started with nobody having said by whom, or how many. */
function isUnguarded(variables: Variables, given: Record<string, unknown>): boolean {
  const { RUNPOD_ENDPOINT_ID: endpoint, WEB_API_KEY: keys, ALLOW_ANYONE: anyone } = variables;
  return endpoint !== undefined && keys.length === 0 && anyone === "0" && !("RATE_LIMIT_JOBS" in given);
}

/** What makes others reach an unguarded page, in words; null where nothing does. */
function openedBy(variables: Variables): string | null {
  const others = hostsOf(variables).filter((host) => !isLoopback(host));
  if (others.length === 0 && variables.TRUSTED_PROXIES === 0) return null;
  const how = others.length > 0 ? `is reached as ${others.join(", ")}` : "stands behind TRUSTED_PROXIES";
  return `WEB_API_KEY: the page ${how}, and whoever reaches it could start jobs; set this or RATE_LIMIT_JOBS, or ALLOW_ANYONE=1`;
}

function hostsOf(variables: Variables): string[] {
  const { VERCEL_URL, VERCEL_BRANCH_URL, VERCEL_PROJECT_PRODUCTION_URL } = variables;
  const ofVercel = [VERCEL_URL, VERCEL_BRANCH_URL, VERCEL_PROJECT_PRODUCTION_URL];
  return [...variables.ALLOWED_HOSTS, ...ofVercel.filter((host) => host !== undefined)];
}

function accessOf(variables: Variables): Access | null {
  const { RUNPOD_BASE_URL: base, RUNPOD_ENDPOINT_ID: endpoint, RUNPOD_API_KEY: key } = variables;
  if (endpoint === undefined || key === undefined) return null;
  return { url: `${base.replace(/\/+$/, "")}/${endpoint}`, key };
}

function bucketOf(variables: Variables): Bucket | null {
  const { BUCKET_NAME: name, BUCKET_ENDPOINT_URL: endpoint, BUCKET_PUBLIC_URL: publicUrl } = variables;
  if (name === undefined) return null;
  const { BUCKET_ACCESS_KEY_ID: id, BUCKET_SECRET_ACCESS_KEY: secret, BUCKET_REGION: given } = variables;
  const server = endpoint === undefined ? null : serverOf(endpoint, name);
  const region = given ?? server?.region ?? "us-east-1";
  const place = server?.url ?? `https://s3.${region}.amazonaws.com`;
  const origins = [...originsOf(place, name), ...(server ? [] : originsOf("https://s3.amazonaws.com", name))];
  if (publicUrl !== undefined) origins.push(new URL(publicUrl).origin);
  return {
    url: `${place}/${name}`,
    region,
    prefix: variables.BUCKET_PREFIX,
    origins: [...new Set(origins)],
    keys: id !== undefined && secret !== undefined ? { id, secret } : null,
    publicUrl: publicUrl?.replace(/\/+$/, "") ?? null,
  };
}
