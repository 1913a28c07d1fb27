import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { HEADERS, NOTHING, startWithHeaders } from "./headers";

it("has an answer that sets no header begin with all of them", async () => {
  startWithHeaders();
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const [name, value] of Object.entries(HEADERS)) expect(headers.get(name)).toBe(value);
  expect(headers.get("content-security-policy")).toBe(NOTHING);
  server.close();
});
