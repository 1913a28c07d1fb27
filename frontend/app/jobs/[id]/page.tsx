import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { JobPage } from "@/components/job/JobPage";
import { shared } from "../../shared";

const ABOUT = "Turn it, step through its frames, and take the files with you.";

export const metadata: Metadata = {
  title: "Job",
  description: ABOUT,
  ...shared("An animated 3D mesh, made of a video", ABOUT),
};

const ID = /^[\w-]{1,128}$/;

/** A job: its progress, then its result. Whoever has its address may see it. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!ID.test(id)) notFound();
  return <JobPage key={id} id={id} />;
}
