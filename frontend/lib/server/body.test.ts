import { expect, it } from "vitest";
import { readJson } from "./body";

const JSON_TYPE = { "content-type": "application/json" };
const post = (body: BodyInit | null, headers: Record<string, string> = JSON_TYPE) =>
  new Request("http://a", { method: "POST", body, headers, duplex: "half" } as RequestInit);

it("reads JSON", async () => {
  expect(
    await readJson(post('{"a": "ä"}', { "content-type": "application/json; charset=utf-8" }), 100),
  ).toEqual({
    a: "ä",
  });
});

it.each([
  ["no JSON", post("{"), 400, "BAD_JSON"],
  ["nothing", post(null), 400, "BAD_JSON"],
  ["no UTF-8", post(new Uint8Array([0x22, 0xff, 0x22])), 400, "BAD_JSON"],
  ["another type", post("{}", { "content-type": "text/plain" }), 415, "BAD_JSON"],
  ["a type that begins the same", post("{}", { "content-type": "application/jsonp" }), 415, "BAD_JSON"],
  ["too much by its length", post("{}", { ...JSON_TYPE, "content-length": "101" }), 413, "TOO_LARGE"],
])("refuses %s", async (_what, request, status, code) => {
  await expect(readJson(request, 100)).rejects.toMatchObject({ status, error: { code } });
});

it.each([
  ["zeros", `[${"0,".repeat(100_000)}0]`],
  ["brackets", "[".repeat(200_000)],
])("refuses too many %s unparsed", async (_what, json) => {
  const error = { code: "TOO_LARGE", message: "The request holds too many values." };
  await expect(readJson(post(json), 10_000_000)).rejects.toMatchObject({ status: 413, error });
});

it("stops reading where there is too much, whatever the length says", async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 64;
      controller.enqueue(new Uint8Array(64));
    },
  });
  const request = post(endless, { ...JSON_TYPE, "content-length": "10" });
  await expect(readJson(request, 1000)).rejects.toMatchObject({ status: 413 });
  expect(sent).toBeLessThan(2000);
});
