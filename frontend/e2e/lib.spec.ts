import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { PYTHON, ROOT } from "../test/programs.mjs";
import { sampleResult } from "../test/samples";
import { expect, open, SAMPLE, test } from "./lib/test";

const BUCKET = "https://bucket.example";

/** Cuts a part out of the sample: the cut video in base64, and what was told on the way. */
function cut(page: Page, startS: number, endS: number) {
  return page.evaluate(
    async ({ sample, startS, endS }) => {
      const bytes = Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
      const told: number[] = [];
      const part = await window.lib.trim(new File([bytes], "fox.v2.mov"), startS, endS, (percent) =>
        told.push(percent),
      );
      const { times, width, height } = await window.lib.probe(part);
      const base64 = btoa(
        Array.from(new Uint8Array(await part.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""),
      );
      return { told, times, width, height, name: part.name, type: part.type, base64 };
    },
    { sample: SAMPLE, startS, endS },
  );
}

test("a video is probed in a worker, and can be cut here", async ({ lib }) => {
  const started = lib.waitForEvent("worker");
  const facts = await lib.evaluate(async (sample) => {
    const bytes = Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
    const { times, packets, ...found } = await window.lib.probe(new File([bytes], "fox.mp4"));
    return { ...found, frames: times.length, stored: packets.length };
  }, SAMPLE);
  await started;
  expect(facts).toEqual({
    durationS: 2,
    frames: 48,
    stored: 48,
    width: 512,
    height: 384,
    fps: 24,
    firstS: 0,
    canCopy: true,
    skipsLeading: false,
    canTrim: true,
  });
});

test("a part is cut to exactly its frames", async ({ lib }) => {
  const part = await cut(lib, 0.5, 1.5);
  expect(part.times).toEqual(Array.from({ length: 24 }, (_, index) => Math.round((index / 24) * 1e6) / 1e6));
  expect(part).toMatchObject({ name: "fox.v2.mp4", type: "video/mp4", width: 512, height: 384 });
  expect(part.told).toEqual([...part.told].sort((a, b) => a - b));
  expect(part.told.at(-1)).toBe(100);
});

test("the worker sees the frames that the page cut", async ({ lib }) => {
  const part = await cut(lib, 0.041667, 1.2);
  const folder = mkdtempSync(join(tmpdir(), "actionmesh-cut-"));
  writeFileSync(join(folder, "cut.mp4"), Buffer.from(part.base64, "base64"));
  const script = [
    "import json, sys",
    "from pathlib import Path",
    "from actionmesh_wrapper.video.clip import open_clip",
    "clip, listing = open_clip(Path(sys.argv[1]), lambda read: None)",
    "print(json.dumps([listing.seconds.tolist(), clip.width, clip.height]))",
  ].join("\n");
  const seen = JSON.parse(
    execFileSync(PYTHON, ["-c", script, join(folder, "cut.mp4")], { cwd: ROOT, encoding: "utf8" }),
  );
  rmSync(folder, { recursive: true });
  expect(seen).toEqual([part.times, 512, 384]);
  expect(part.times).toHaveLength(28); // 1 to 28 of the sample's
});

test("of frames that are sent alone the worker takes what it would take of the clip", async ({ lib }) => {
  const folder = mkdtempSync(join(tmpdir(), "actionmesh-picked-"));
  writeFileSync(join(folder, "clip.mp4"), Buffer.from(SAMPLE, "base64"));
  for (const [startS, endS, count] of [
    [0, 2, 16],
    [0.3, 1.9, 31],
  ] as const) {
    const picked = await lib.evaluate(
      async ({ sample, startS, endS, count }) => {
        const file = new File([Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0))], "fox.mp4");
        const chosen = window.lib.chosenTimes(startS, endS, count, await window.lib.probe(file));
        if (chosen.kind !== "exact") throw new Error(chosen.kind);
        const told: number[] = [];
        const alone = await window.lib.pick(
          file,
          chosen.times,
          (percent) => told.push(percent),
          undefined,
          1e6,
        );
        const letters = Array.from(new Uint8Array(await alone.arrayBuffer()), (byte) =>
          String.fromCharCode(byte),
        );
        return { base64: btoa(letters.join("")), times: chosen.times, told };
      },
      { sample: SAMPLE, startS, endS, count },
    );
    writeFileSync(join(folder, "picked.mp4"), Buffer.from(picked.base64, "base64"));
    const script = [
      "import json, sys",
      "from pathlib import Path",
      "import numpy as np",
      "from actionmesh_wrapper.contract.recipe import Sampling",
      "from actionmesh_wrapper.video import sample",
      "count, start, end = int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])",
      "clip = Sampling(num_frames=count, start_s=start, end_s=end)",
      "step = lambda done, of: None",
      "one = sample(Path(sys.argv[1]) / 'clip.mp4', clip, step=step)",
      "two = sample(Path(sys.argv[1]) / 'picked.mp4', Sampling(num_frames=count), step=step)",
      "off = np.abs(one.images.astype(int) - two.images).mean(axis=(1, 2, 3))",
      "other = np.abs(one.images[:-1].astype(int) - one.images[1:]).mean(axis=(1, 2, 3))",
      "print(json.dumps([one.timestamps.tolist(), two.timestamps.tolist(), off.max(), other.min()]))",
    ].join("\n");
    const given = ["-c", script, folder, `${count}`, `${startS}`, `${endS}`];
    const [clip, alone, off, next] = JSON.parse(
      execFileSync(PYTHON, given, { cwd: ROOT, encoding: "utf8" }),
    ) as [number[], number[], number, number];
    expect(clip).toEqual(picked.times);
    const first = clip[0] ?? 0;
    expect(alone).toHaveLength(count);
    for (const [index, time] of alone.entries()) expect(time).toBeCloseTo((clip[index] ?? 0) - first, 5);
    expect(off).toBeLessThan(Math.min(2, next)); // of 255: no further off than the encoder, and than the next frame
    expect(picked.told.at(-1)).toBe(100);
  }
  rmSync(folder, { recursive: true });
});

test("damage in the middle of a part is told, and elsewhere does not matter", async ({ lib }) => {
  const folder = mkdtempSync(join(tmpdir(), "actionmesh-damaged-"));
  const script = [
    "import subprocess, sys",
    "from pathlib import Path",
    "from imageio_ffmpeg import get_ffmpeg_exe",
    "path = Path(sys.argv[1])",
    "source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=24:d=4']",
    "encoded = ['-c:v', 'libx264', '-g', '6', '-bf', '0', '-pix_fmt', 'yuv420p', '-movflags', '+faststart']",
    "subprocess.run([get_ffmpeg_exe(), '-v', 'error', *source, *encoded, str(path)], check=True)",
    "data = bytearray(path.read_bytes())",
    "start, size = data.index(b'mdat'), len(data) - data.index(b'mdat')",
    "data[start + size // 2 : start + size * 6 // 10] = bytes(size * 6 // 10 - size // 2)",
    "path.write_bytes(data)",
  ].join("\n");
  execFileSync(PYTHON, ["-c", script, join(folder, "clip.mp4")], { cwd: ROOT });
  const clip = readFileSync(join(folder, "clip.mp4")).toString("base64");
  rmSync(folder, { recursive: true });
  const told = await lib.evaluate(async (clip) => {
    const file = new File([Uint8Array.from(atob(clip), (letter) => letter.charCodeAt(0))], "clip.mp4");
    await window.lib.probe(file);
    const check = (startS: number, endS: number) =>
      window.lib.checkPart(file, startS, endS).then(
        () => "whole",
        ({ error }) => `${error.code} ${error.message}`,
      );
    return [await check(0, 1.5), await check(1, 3), await check(3, 4)];
  }, clip);
  expect(told).toEqual([
    "whole",
    expect.stringMatching(/^VIDEO_UNDECODABLE The picture at 2\.\d s cannot be decoded/),
    "whole",
  ]);
});

test("cutting can be stopped", async ({ lib }) => {
  const name = await lib.evaluate((sample) => {
    const bytes = Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
    const stop = new AbortController();
    const cutting = window.lib.trim(new File([bytes], "fox.mp4"), 0, 2, () => stop.abort(), stop.signal);
    return cutting.then(
      () => "done",
      (error: Error) => error.name,
    );
  }, SAMPLE);
  expect(name).toBe("AbortError");
});

test("small pictures are taken evenly over a video, and none of what is none", async ({ lib }) => {
  const sizes = await lib.evaluate(async (sample) => {
    const bytes = Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
    const pictures = await window.lib.thumbnails(new Blob([bytes]), 6);
    const images = await Promise.all(
      pictures.map(async (url) => createImageBitmap(await (await fetch(url)).blob())),
    );
    const none = await window.lib.thumbnails(new Blob(["text"]), 6);
    return {
      all: images.map(({ width, height }) => `${width}x${height}`),
      differ: new Set(pictures).size,
      none,
    };
  }, SAMPLE);
  expect(sizes).toEqual({ all: Array(6).fill("128x96"), differ: 6, none: [] });
});

test("a result outlives a reload and its links in the browser's own storage", async ({ lib }) => {
  const content = "a mesh, as it were";
  const animated_mesh = {
    name: "animated_mesh.glb",
    url: `${BUCKET}/animated_mesh.glb`,
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  };
  const sample = sampleResult();
  const result = { ...sample, files: { ...sample.files, animated_mesh } };
  await lib.route(`${BUCKET}/**`, (route) =>
    route.fulfill({ body: content, headers: { "access-control-allow-origin": "*" } }),
  );
  const saved = await lib.evaluate((one) => {
    window.lib.history.remember({ id: "job-1", name: "fox", mode: "fast" });
    return window.lib.history.saveResult("job-1", one);
  }, result);
  expect(saved).toBe("kept");
  await lib.unroute(`${BUCKET}/**`);
  await open(lib);
  const found = await lib.evaluate(async () => {
    const kept = await window.lib.history.loadResult("job-1");
    const url = kept?.result.files.animated_mesh?.url ?? "";
    return { listed: window.lib.history.list()[0]?.name, url, text: await (await fetch(url)).text() };
  });
  expect(found).toMatchObject({ listed: "fox", url: expect.stringMatching(/^blob:/), text: content });
  const gone = await lib.evaluate(async () => {
    await window.lib.history.forget("job-1");
    return [window.lib.history.list().length, await window.lib.history.loadResult("job-1")];
  });
  expect(gone).toEqual([0, null]);
});

test("an upload is put to the bucket, and tells how far it is", async ({ lib }) => {
  const puts: { type: string | undefined; bytes: number }[] = [];
  const bucket = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    if (request.method === "PUT") puts.push({ type: request.headers["content-type"], bytes });
    response.writeHead(puts.length === 1 && request.method === "PUT" ? 503 : 200, {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*",
      "access-control-allow-methods": "PUT",
    });
    response.end();
  });
  await new Promise<void>((done) => bucket.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}/a.mp4`;
  const told = await lib.evaluate(async (address) => {
    const percents: number[] = [];
    const ticket = {
      url: address,
      method: "PUT" as const,
      headers: { "Content-Type": "video/mp4" },
      videoUrl: "",
    };
    await window.lib.put(ticket, new Blob([new Uint8Array(100_000)]), (percent) => percents.push(percent));
    return percents;
  }, url);
  bucket.closeAllConnections();
  bucket.close();
  expect(puts).toEqual(Array(2).fill({ type: "video/mp4", bytes: 100_000 })); // the first was refused for a moment
  expect(told.at(-1)).toBe(100);
});
