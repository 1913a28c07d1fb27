import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { JobPage } from "@/components/job/JobPage";

export const metadata: Metadata = { title: "Job" };

const ID = /^[\w-]{1,128}$/;

/** A job: its progress, then its result. Whoever has its address may see it. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!ID.test(id)) notFound();
  return <JobPage key={id} id={id} />;
}
