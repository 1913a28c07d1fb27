import { type RefObject, useCallback } from "react";
import { useSaving } from "@/components/result/useSaving";
import { Bar } from "@/components/ui/Bar";
import { BusyButton } from "@/components/ui/BusyButton";
import { saveAs } from "@/lib/files";
import { slug } from "@/lib/names";
import type { Player } from "./player";
import styles from "./SavePanel.module.css";
import type { PlayerState } from "./state";

const PICTURE_PIXELS = 4096;

type OnPercent = (percent: number) => void;

interface Form {
  title: string;
  what: string;
  /** What the file's name ends with. */
  end: string;
  make: (from: Made, onPercent: OnPercent, signal: AbortSignal) => Promise<Blob>;
  /** Whether it needs an encoder of video. */
  films?: boolean;
}

interface Made {
  player: Player;
  background: string;
}

const FORMS: readonly Form[] = [
  {
    title: "GLB for Blender and others",
    what: "Standard glTF with a morph target a key, whatever the file is compressed by.",
    end: ".glb",
    make: async ({ player }, onPercent, signal) => {
      const { standardGlb } = await import("./export/glb");
      return player.work((model) => standardGlb(model, pauseOf(onPercent, signal)));
    },
  },
  {
    title: "OBJ sequence",
    what: "A zip with a file a key, and the texture.",
    end: "-obj.zip",
    make: async ({ player }, onPercent, signal) => {
      const { objZip } = await import("./export/obj");
      return player.work((model) => objZip(model, pauseOf(onPercent, signal)));
    },
  },
  {
    title: "PNG of this view",
    what: "With nothing behind the mesh.",
    end: "-view.png",
    make: ({ player }) => player.picture(PICTURE_PIXELS),
  },
  {
    title: "WebM turntable",
    what: "One turn from this view, over the chosen background.",
    end: "-turntable.webm",
    films: true,
    make: async ({ player, background }, onPercent, signal) => {
      const { turntable } = await import("./export/turntable");
      const { keyTimes, loop } = player.state();
      return player.work(() =>
        turntable({ keyTimes, loop, background, frame: player.frame }, onPercent, signal),
      );
    },
  },
];

interface Props {
  id: string;
  hidden: boolean;
  player: Player | null;
  state: PlayerState;
  name: string;
  /** What has the background's colour. */
  stage: RefObject<HTMLElement | null>;
}

/** What can be made here of the mesh that is shown. */
export function SavePanel({ id, hidden, player, state, name, stage }: Props) {
  const forms = FORMS.filter(({ films }) => !films || "VideoEncoder" in globalThis);
  return (
    <div id={id} className={styles.panel} hidden={hidden}>
      <p className={styles.intro}>Made in this browser from the mesh as it is shown.</p>
      <ul className={styles.list}>
        {forms.map((form) => (
          <li key={form.title}>
            <Save {...{ form, player, name, stage }} ready={state.phase === "ready"} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Save({
  form,
  player,
  name,
  stage,
  ready,
}: { form: Form; ready: boolean } & Pick<Props, "player" | "name" | "stage">) {
  const { saving, save } = useSaving(
    useCallback(
      async (onPercent, signal) => {
        if (player === null) return;
        const background =
          stage.current === null ? "#ffffff" : getComputedStyle(stage.current).backgroundColor;
        saveAs(await form.make({ player, background }, onPercent, signal), slug(name) + form.end);
      },
      [form, player, name, stage],
    ),
  );
  const busy = saving.step === "fetching";
  return (
    <>
      <BusyButton className="button" disabled={!ready} busy={busy} onClick={save}>
        {form.title}
      </BusyButton>
      <p className="hint">{form.what}</p>
      {busy && <Bar percent={saving.percent} label={`Making the ${form.title}`} />}
      {saving.step === "failed" && (
        <p className="error" role="alert">
          It could not be made here.
        </p>
      )}
    </>
  );
}

/** Lets the page go on between keys, tells how far it is, and ends it where it was stopped. */
function pauseOf(onPercent: OnPercent, signal: AbortSignal) {
  return async (done: number, of: number) => {
    onPercent((100 * done) / of);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  };
}
