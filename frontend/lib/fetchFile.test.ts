import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { File } from "@/lib/contract/result";
import { fetchFile } from "./fetchFile";

const CONTENT = Buffer.from("a mesh, as it were");
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/cut") {
      response.writeHead(200, { "content-length": CONTENT.length });
      response.write(CONTENT.subarray(0, 5), () => response.destroy());
    } else if (request.url === "/never") response.write("a");
    else response.writeHead(request.url === "/gone" ? 403 : 200).end(CONTENT);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function fileAt(url: string | null, more: Partial<File> = {}): File {
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  return { name: "animated_mesh.glb", url, bytes: CONTENT.length, sha256, ...more };
}

test("a link's file comes whole, with its type, and tells how far it is", async () => {
  const told: number[] = [];
  const blob = await fetchFile(fileAt(`${base}/mesh`), (bytes) => told.push(bytes));
  expect(Buffer.from(await blob.arrayBuffer())).toEqual(CONTENT);
  expect(blob.type).toBe("model/gltf-binary");
  expect(told.at(-1)).toBe(CONTENT.length);
});

test("so do data: and blob: URLs", async () => {
  const inline = await fetchFile(fileAt(`data:model/gltf-binary;base64,${CONTENT.toString("base64")}`));
  expect(await inline.text()).toBe(String(CONTENT));
  const kept = await fetchFile(fileAt(URL.createObjectURL(inline)));
  expect(await kept.text()).toBe(String(CONTENT));
});

test.each([
  ["a link that has ended", "/gone", {}, "FILE_GONE"],
  ["a file of another size", "/mesh", { bytes: 3 }, "FILE_DAMAGED"],
  ["a file of another hash", "/mesh", { sha256: "0".repeat(64) }, "FILE_DAMAGED"],
  ["a file that was cut", "/cut", {}, "NO_CONNECTION"],
])("%s is told", async (_, path, more, code) => {
  await expect(fetchFile(fileAt(base + path, more))).rejects.toMatchObject({ error: { code } });
});

test("so are a file without an address, and one on the worker's disk", async () => {
  await expect(fetchFile(fileAt(null))).rejects.toMatchObject({ error: { code: "FILE_GONE" } });
  const local = fetchFile(fileAt("animated_mesh.glb"));
  await expect(local).rejects.toMatchObject({ error: { code: "FILE_ELSEWHERE" } });
});

test("a server that is not there is told", async () => {
  const file = fileAt("http://127.0.0.1:9/mesh");
  await expect(fetchFile(file)).rejects.toMatchObject({ error: { code: "NO_CONNECTION" } });
});

test("it can be stopped", async () => {
  const stop = new AbortController();
  const fetching = fetchFile(fileAt(`${base}/never`), () => stop.abort(), stop.signal);
  await expect(fetching).rejects.toMatchObject({ name: "AbortError" });
});

test("where a browser cannot hash, the size has to do", async () => {
  vi.stubGlobal("crypto", {});
  const blob = await fetchFile(fileAt(`${base}/mesh`, { sha256: "0".repeat(64) }));
  expect(blob.size).toBe(CONTENT.length);
  vi.unstubAllGlobals();
});
