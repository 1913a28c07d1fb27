import type { Metadata } from "next";
import { Example } from "@/components/first/Example";
import { PageHead } from "@/components/ui/PageHead";
import type { Result } from "@/lib/contract/result";
import fox from "@/public/examples/fox/result.json";
import { shared } from "../shared";

const ABOUT = "A walking toy fox, from a clip of two seconds. Turn it, step through it, take it with you.";

export const metadata: Metadata = { title: "Examples", description: ABOUT, ...shared("Examples", ABOUT) };

/** A result of our own that plays with no worker at all. */
export default function ExamplesPage() {
  return (
    <>
      <PageHead title="Examples">
        <p>{ABOUT}</p>
      </PageHead>
      <Example result={fox as unknown as Result} folder="/examples/fox" name="fox" />
    </>
  );
}
