import { expect, it } from "vitest";
import { isOwner, ownerToken } from "./owner";

const ONE = { runpod: { url: "https://api.example", key: "rpa_one" } };
const OTHER = { runpod: { url: "https://api.example", key: "rpa_other" } };

it("knows who has started a job by what was given with its id alone", () => {
  const token = ownerToken("job-1", ONE);
  expect(isOwner("job-1", token, ONE)).toBe(true);
  expect(isOwner("job-2", token, ONE)).toBe(false);
  expect(isOwner("job-1", token, OTHER)).toBe(false);
  expect(isOwner("job-1", ownerToken("job-1", { runpod: null }), { runpod: null })).toBe(false);
  for (const wrong of [undefined, null, 7, "", "job-1", `${token}x`, ["a"]]) {
    expect(isOwner("job-1", wrong, ONE)).toBe(false);
  }
  expect(token).not.toContain("rpa_one");
});
