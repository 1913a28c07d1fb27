import { expect, it } from "vitest";
import { canonical, isLoopback } from "./address";

it.each([
  ["203.0.113.9", "203.0.113.9"],
  ["203.0.113.9:1234", "203.0.113.9"],
  ["2001:db8::6", "2001:db8::6"],
  ["2001:DB8::6", "2001:db8::6"],
  ["2001:0db8:0000:0000:0000:0000:0000:0006", "2001:db8::6"],
  ["2001:db8:0:0::6", "2001:db8::6"],
  ["[2001:db8::6]", "2001:db8::6"],
  ["[2001:db8::6]:443", "2001:db8::6"],
  ["fe80::1%eth0", "fe80::1"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["::FFFF:203.0.113.9", "203.0.113.9"],
  ["0:0:0:0:0:ffff:203.0.113.9", "203.0.113.9"],
  ["::ffff:cb00:7109", "203.0.113.9"],
  ["64:ff9b::203.0.113.9", "64:ff9b::cb00:7109"],
  ["unknown", null],
  ["203.0.113", null],
  ["203.0.113.009", null],
  ["2001:db8:::6", null],
  ["localhost", null],
  ["", null],
])("%s is %s", (text, address) => {
  expect(canonical(text)).toBe(address);
});

it("knows the machine's own names", () => {
  const names = ["localhost", "page.localhost", "127.0.0.1", "127.8.0.1", "[::1]", "::ffff:127.0.0.1"];
  expect(names.filter((name) => !isLoopback(name))).toEqual([]);
  expect(["notlocalhost", "localhost.example", "10.127.0.1", "::", ""].filter(isLoopback)).toEqual([]);
});
