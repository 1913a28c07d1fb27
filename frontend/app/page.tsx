import { FirstClip } from "@/components/first/FirstClip";
import { HistoryList } from "@/components/history/HistoryList";
import { Studio } from "@/components/upload/Studio";

interface Props {
  searchParams: Promise<{ again?: string | string[] }>;
}

/** The studio. `?again=` names a job to start from anew. */
export default async function StudioPage({ searchParams }: Props) {
  const { again } = await searchParams;
  return (
    <Studio
      again={typeof again === "string" ? again : null}
      words={
        <>
          <h1>Turn a short video into an animated 3D mesh</h1>
          <p>
            Give it a clip of one moving subject. You get a GLB that plays by itself, and a preview to share.
          </p>
        </>
      }
      example={<FirstClip />}
      below={<HistoryList />}
    />
  );
}
