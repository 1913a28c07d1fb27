import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Example } from "@/components/first/Example";
import { PageHead } from "@/components/ui/PageHead";
import type { Result } from "@/lib/contract/result";
import examples from "@/public/examples/index.json";
import { shared } from "../../shared";

interface Props {
  params: Promise<{ name: string }>;
}

export const dynamicParams = false;

export function generateStaticParams() {
  return examples.map(({ name }) => ({ name }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await params;
  const example = examples.find((each) => each.name === name);
  if (example === undefined) return { title: "Examples" };
  const { title, about: description } = example;
  const picture = { url: `/examples/${name}/poster.webp`, alt: description };
  return { title, description, ...shared(title, description, picture) };
}

/** One of them: its clip, and the mesh to turn, step through and take. */
export default async function Page({ params }: Props) {
  const { name } = await params;
  const example = examples.find((each) => each.name === name);
  if (example === undefined) notFound();
  const result = (await import(`@/public/examples/${name}/result.json`)).default as unknown as Result;
  return (
    <>
      <PageHead title={example.title}>
        <p>{example.about}</p>
      </PageHead>
      <Example result={result} folder={`/examples/${name}`} clip={example.clip} name={name} />
    </>
  );
}
