import type { Metadata } from "next";
import { Example } from "@/components/first/Example";
import { PageHead } from "@/components/ui/PageHead";
import type { Result } from "@/lib/contract/result";
import fox from "@/public/examples/fox/result.json";

export const metadata: Metadata = { title: "Examples" };

/** A result of our own that plays with no worker at all. */
export default function ExamplesPage() {
  return (
    <>
      <PageHead title="Examples">
        <p>A walking toy fox, from a clip of two seconds. Turn it, step through it, take it with you.</p>
      </PageHead>
      <Example result={fox as unknown as Result} folder="/examples/fox" name="fox" />
    </>
  );
}
