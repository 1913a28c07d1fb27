import type { Metadata } from "next";
import { ExampleCards } from "@/components/first/ExampleCards";
import { PageHead } from "@/components/ui/PageHead";
import { shared } from "../shared";

const ABOUT = "Drawn clips and what the silhouette engine made of them on a laptop, without a GPU.";

export const metadata: Metadata = { title: "Examples", description: ABOUT, ...shared("Examples", ABOUT) };

/** Results of our own that play with no worker at all. */
export default function ExamplesPage() {
  return (
    <>
      <PageHead title="Examples">
        <p>{ABOUT}</p>
      </PageHead>
      <ExampleCards />
    </>
  );
}
