import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { failureOf, glbBytes } from "./bytes";

const GLB = new Uint8Array(400_000);
new DataView(GLB.buffer).setUint32(0, 0x46546c67, true);
const never = new AbortController().signal;

let server: Server | undefined;

async function serving(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mesh.glb`;
}

async function failure(source: Parameters<typeof glbBytes>[0]): Promise<string> {
  try {
    await glbBytes(source, never, () => undefined);
    return "none";
  } catch (error) {
    return failureOf(error);
  }
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

describe("glbBytes", () => {
  it("tells how much has come", async () => {
    const url = await serving((_, response) => response.setHeader("Content-Length", GLB.length).end(GLB));
    const shares: number[] = [];
    const bytes = await glbBytes({ url }, never, (share) => shares.push(share));
    expect(bytes.byteLength).toBe(GLB.length);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it("takes what has no length, data: URLs and bytes", async () => {
    const url = await serving((_, response) => response.end(GLB));
    expect((await glbBytes({ url }, never, () => undefined)).byteLength).toBe(GLB.length);
    const data = `data:model/gltf-binary;base64,${Buffer.from(GLB.slice(0, 100)).toString("base64")}`;
    expect((await glbBytes({ url: data }, never, () => undefined)).byteLength).toBe(100);
    const part = new Uint8Array(GLB.buffer, 0, 50);
    expect((await glbBytes({ bytes: part }, never, () => undefined)).byteLength).toBe(50);
  });

  it.each([
    [403, "gone"],
    [404, "gone"],
    [500, "network"],
  ])("calls %i %s", async (status, expected) => {
    const url = await serving((_, response) => response.writeHead(status).end("<Error/>"));
    expect(await failure({ url })).toBe(expected);
  });

  it("knows a broken transfer, a dead server and what is no GLB", async () => {
    const url = await serving((_, response) => {
      response
        .writeHead(200, { "Content-Length": GLB.length })
        .write(GLB.slice(0, 1000), () => response.destroy());
    });
    expect(await failure({ url })).toBe("network");
    expect(await failure({ url: "http://127.0.0.1:1/mesh.glb" })).toBe("network");
    expect(await failure({ bytes: new Uint8Array(100) })).toBe("unreadable");
    expect(await failure({ bytes: new Uint8Array(3) })).toBe("unreadable");
  });

  it("ends when told so", async () => {
    const url = await serving(() => undefined);
    const abort = new AbortController();
    const loading = glbBytes({ url }, abort.signal, () => undefined);
    abort.abort();
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
  });
});
