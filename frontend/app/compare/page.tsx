import type { Metadata } from "next";
import { ComparePage } from "@/components/compare/ComparePage";

export const metadata: Metadata = { title: "Compare" };

const ID = /^[\w-]{1,128}$/;

/** Two results side by side. */
export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { first, second } = await searchParams;
  return <ComparePage first={idOf(first)} second={idOf(second)} />;
}

function idOf(given: string | string[] | undefined): string | null {
  return typeof given === "string" && ID.test(given) ? given : null;
}
