// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Phase } from "@/lib/job/state";
import { isWanted } from "@/lib/job/wanted";
import { type DoneNotice, useDoneNotice } from "./useDoneNotice";

const RUNNING: Phase = { name: "running", progress: null };
const WORDS = { title: "camel", body: "Cancelled" };

const told: string[] = [];
let answer: NotificationPermission = "granted";
let root: Root;
let notice: DoneNotice | null = null;

class FakeNotification {
  static requestPermission = async () => answer;
  onclick = null;
  constructor(title: string, options: { body: string; tag: string }) {
    told.push(`${title}: ${options.body} (${options.tag})`);
  }
}

function Asked({ phase }: { phase: Phase }) {
  notice = useDoneNotice("job-1", phase, WORDS);
  return null;
}

const show = (phase: Phase) => act(async () => root.render(createElement(Asked, { phase })));
const want = (wanted: boolean) => act(async () => notice?.set(wanted));
const hide = (hidden: boolean) =>
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(hidden ? "hidden" : "visible");

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("Notification", FakeNotification);
  sessionStorage.clear();
  told.length = 0;
  answer = "granted";
  root = createRoot(document.createElement("div"));
});
afterEach(() => act(async () => root.unmount()));

test("a job's end is told once, if that was asked for and the tab is hidden", async () => {
  hide(true);
  await show(RUNNING);
  await want(true);
  expect([notice?.wanted, isWanted("job-1")]).toEqual([true, true]);
  await show({ name: "cancelled" });
  await show({ name: "cancelled" });
  expect(told).toEqual(["camel: Cancelled (job-1)"]);
  expect(isWanted("job-1")).toBe(false);
});

test("not where it was not asked for, was taken back, or somebody looks", async () => {
  hide(true);
  await show(RUNNING);
  await want(true);
  await want(false);
  await show({ name: "cancelled" });
  hide(false);
  await show(RUNNING);
  await want(true);
  await show({ name: "cancelled" });
  expect(told).toEqual([]);
});

test("a refusal is said", async () => {
  answer = "denied";
  await show(RUNNING);
  await want(true);
  expect(notice).toMatchObject({ wanted: false, refused: true });
});
