import { expect, test } from "vitest";
import { standIns, viewAfter, viewOf } from "./view";

test("a short video is shown whole, of a long one what is around the part", () => {
  expect(viewOf(0, 4, 12)).toEqual({ fromS: 0, toS: 12 });
  expect(viewOf(100, 104, 180)).toEqual({ fromS: 97, toS: 107 });
  expect(viewOf(0, 4, 180)).toEqual({ fromS: 0, toS: 10 });
  expect(viewOf(178, 180, 180)).toEqual({ fromS: 170, toS: 180 });
  expect(viewOf(60, 100, 180)).toEqual({ fromS: 30, toS: 130 });
  expect(viewOf(0, 180, 180)).toEqual({ fromS: 0, toS: 180 });
});

test("the view stays while the part has room in it", () => {
  const view = { fromS: 97, toS: 107 };
  expect(viewAfter(view, 98, 104, 180)).toBe(view);
  expect(viewAfter(view, 97.1, 101.1, 180)).toEqual({ fromS: 94.1, toS: 104.1 });
  expect(viewAfter(view, 100, 107, 180)).toEqual({ fromS: 94.75, toS: 112.25 });
  expect(viewAfter({ fromS: 0, toS: 10 }, 0, 4, 180)).toEqual({ fromS: 0, toS: 10 }); // there is nothing before
  expect(viewAfter({ fromS: 0, toS: 180 }, 60, 64, 180)).toEqual({ fromS: 57, toS: 67 });
});

test("until a view has pictures of its own it shows the nearest of all", () => {
  const pictures = ["a", "b", "c", "d"];
  expect(standIns(pictures, { fromS: 40, toS: 60 }, 80, 4)).toEqual(["c", "c", "c", "c"]);
  expect(standIns(pictures, { fromS: 0, toS: 80 }, 80, 4)).toEqual(pictures);
  expect(standIns([], { fromS: 0, toS: 80 }, 80, 4)).toEqual([]);
});
