import type { Metadata } from "next";
import { ExampleCards } from "@/components/first/ExampleCards";
import { PageHead } from "@/components/ui/PageHead";

export const metadata: Metadata = { title: "Examples" };

/** Results of our own that play with no worker at all. */
export default function ExamplesPage() {
  return (
    <>
      <PageHead title="Examples">
        <p>Drawn clips and what the silhouette engine made of them on a laptop, without a GPU.</p>
      </PageHead>
      <ExampleCards />
    </>
  );
}
