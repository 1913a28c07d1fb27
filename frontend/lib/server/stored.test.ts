import { createHash } from "node:crypto";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { sampleResult } from "@/test/samples";
import { type StandIn, standIn } from "@/test/standIn";
import { settingsOf } from "./settings";
import { LINK_S, storedView } from "./stored";

const ID = "job-1";
const [OLD, NEW] = ["0".repeat(32), "f".repeat(32)];

/** What the bucket has, by key. */
const objects = new Map<string, string>();
const PAGE = 3; // objects in an answer to a listing

vi.spyOn(console, "error").mockImplementation(() => {});
const s3: StandIn = await standIn((response, { path }) => {
  const url = new URL(path, "http://s3");
  if (!url.searchParams.has("X-Amz-Signature")) return response.writeHead(403).end();
  if (url.searchParams.has("list-type")) return response.end(listing(url.searchParams));
  const content = objects.get(url.pathname.replace("/videos/", ""));
  return content === undefined ? response.writeHead(404).end() : response.end(content);
});
afterAll(() => s3.close());

function listing(query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  if (query.get("delimiter") === "/") {
    const folders = new Set(keys.map((key) => `${prefix}${key.slice(prefix.length).split("/")[0]}/`));
    return `<R>${[...folders].map((one) => `<CommonPrefixes><Prefix>${one}</Prefix></CommonPrefixes>`).join("")}</R>`;
  }
  const from = Number(query.get("continuation-token") ?? 0);
  const contents = keys
    .slice(from, from + PAGE)
    .map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`);
  const more = from + PAGE < keys.length;
  const next = `<NextContinuationToken>${from + PAGE}</NextContinuationToken>`;
  return `<R><IsTruncated>${more}</IsTruncated>${more ? next : ""}${contents.join("")}</R>`;
}

function bucketOf(more: Record<string, string> = {}) {
  return settingsOf({
    BUCKET_NAME: "videos",
    BUCKET_ENDPOINT_URL: s3.url,
    BUCKET_PREFIX: "web/",
    BUCKET_ACCESS_KEY_ID: "id",
    BUCKET_SECRET_ACCESS_KEY: "the-secret",
    ...more,
  }).bucket;
}

/** Puts a run of the job as the worker stores it. */
function putRun(run: string, created: string, seed: number, id = ID): void {
  const folder = `web/${id}/${run}/`;
  const result = JSON.stringify({ ...sampleResult(), job_id: id, seed });
  const files = [
    ["mesh_000.glb", "mesh"],
    ["animated_mesh.glb", "glTF"],
    ["result.json", result],
  ] as const;
  for (const [name, content] of files) objects.set(folder + name, content);
  const listed = files.map(([name, content]) => ({
    name,
    bytes: content.length,
    sha256: name === "result.json" ? createHash("sha256").update(content).digest("hex") : "0".repeat(64),
  }));
  objects.set(`${folder}manifest.json`, JSON.stringify({ job_id: id, created, files: listed }));
}

beforeEach(() => {
  objects.clear();
  s3.got.length = 0;
  putRun(OLD, "2030-01-01T10:00:00+00:00", 1);
  putRun(NEW, "2030-01-01T13:00:00+02:00", 2);
});

const seedOf = async () => (await storedView(ID, bucketOf()))?.result?.seed;

it("finds the newest run, with links that work for a day", async () => {
  const view = await storedView(ID, bucketOf());
  expect(view).toMatchObject({ id: ID, status: "COMPLETED", result: { seed: 2 } });
  const { files, expires_at } = view?.result ?? sampleResult();
  expect(await (await fetch(files.animated_mesh?.url ?? "")).text()).toBe("glTF");
  const link = new URL(files.meshes[0]?.url ?? "");
  expect([link.pathname, link.searchParams.get("X-Amz-Expires")]).toEqual([
    `/videos/web/${ID}/${NEW}/mesh_000.glb`,
    String(LINK_S),
  ]);
  const endsInS = (Date.parse(expires_at ?? "") - Date.now()) / 1000;
  expect(endsInS).toBeGreaterThan(LINK_S - 60);
  expect(endsInS).toBeLessThanOrEqual(LINK_S);
  expect(JSON.stringify(view)).not.toContain("the-secret");
});

it("links an open bucket without an end", async () => {
  const view = await storedView(ID, bucketOf({ BUCKET_PUBLIC_URL: "https://files.example/v/" }));
  expect(view?.result?.files.animated_mesh?.url).toBe(
    `https://files.example/v/web/${ID}/${NEW}/animated_mesh.glb`,
  );
  expect(view?.result?.expires_at).toBeNull();
});

it.each([
  ["manifest", "manifest.json", null],
  ["file", "mesh_000.glb", null],
  ["size", "animated_mesh.glb", "glTFx"],
  ["result", "result.json", "{}"],
  ["sound manifest", "manifest.json", "{"],
])("takes the run before where the newest lacks its %s", async (_what, name, content) => {
  if (content === null) objects.delete(`web/${ID}/${NEW}/${name}`);
  else objects.set(`web/${ID}/${NEW}/${name}`, content);
  expect(await seedOf()).toBe(1);
});

it("takes no folder that is no run, and no result of another job", async () => {
  objects.clear();
  putRun("uploads", "2030-01-01T10:00:00Z", 3);
  expect(await seedOf()).toBeUndefined();
  putRun(OLD, "2030-01-01T10:00:00Z", 4, "job-2");
  for (const [key, content] of [...objects]) objects.set(key.replace("job-2", ID), content);
  expect(await seedOf()).toBeUndefined();
});

it("does not ask for what is no id, nor without a bucket and its keys", async () => {
  for (const id of ["..", "a/b", "", "-a", "a".repeat(101), "a.b"]) {
    expect(await storedView(id, bucketOf())).toBeNull();
  }
  expect(await storedView(ID, null)).toBeNull();
  const open = settingsOf({ BUCKET_NAME: "videos", BUCKET_ENDPOINT_URL: s3.url }).bucket;
  expect(await storedView(ID, open)).toBeNull();
  expect(s3.got).toEqual([]);
});

it("has nothing where the bucket refuses", async () => {
  const before = s3.answer;
  s3.answer = (response) => response.writeHead(403).end();
  expect(await seedOf()).toBeUndefined();
  s3.answer = before;
});
