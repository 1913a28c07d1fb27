import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { callerOf, notePeers } from "./peer";

const from = (header?: string) =>
  new Request("http://a", header ? { headers: { "x-forwarded-for": header } } : {});

it.each([
  ["203.0.113.9", 0, "203.0.113.9"],
  ["6.6.6.6, 203.0.113.9", 0, "203.0.113.9"],
  ["6.6.6.6, 203.0.113.9, 10.0.0.1", 1, "203.0.113.9"],
  ["203.0.113.9, 10.0.0.2, 10.0.0.1", 2, "203.0.113.9"],
  ["203.0.113.9", 3, "203.0.113.9"], // fewer came than are expected
  ["::ffff:203.0.113.9", 0, "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", 0, "2001:db8:1:2::/64"],
  ["2001:db8::6", 0, "2001:db8:0:0::/64"],
  ["::1", 0, "0:0:0:0::/64"],
  ["2001:DB8:1:2:ffff::1", 0, "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002:0003:0004:0005:0006", 0, "2001:db8:1:2::/64"],
  ["2001:db8:1:2::192.0.2.1", 0, "2001:db8:1:2::/64"],
  ["2001:db8:1:3::1", 0, "2001:db8:1:3::/64"],
  ["1:2:3:4:5:6:7:8", 0, "1:2:3:4::/64"],
  ["::", 0, "0:0:0:0::/64"],
  ["::FFFF:cb00:7109", 0, "203.0.113.9"],
  ["[2001:db8:1:2::1]:443, 10.0.0.1", 1, "2001:db8:1:2::/64"],
  ["203.0.113.9:4711, 10.0.0.1", 1, "203.0.113.9"],
  ["my own words, 203.0.113.9", 1, "203.0.113.9"],
  ["nobody", 0, ""],
  [undefined, 0, ""],
])("%s behind %i proxies is %s", (header, proxies, caller) => {
  expect(callerOf(from(header), proxies)).toBe(caller);
});

it("notes where a request came from after what it says itself", async () => {
  notePeers();
  const server = createServer((request, response) => response.end(request.headers["x-forwarded-for"]));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await (await fetch(url)).text()).toBe("127.0.0.1");
  expect(await (await fetch(url, { headers: { "x-forwarded-for": "6.6.6.6" } })).text()).toBe(
    "6.6.6.6, 127.0.0.1",
  );
  server.close();
});
