import { Notice } from "@/components/ui/Notice";
import { spaced } from "@/components/ui/words";
import type { Result } from "@/lib/contract/result";
import { titleOf } from "./facts";
import styles from "./ResultView.module.css";

/** What should be known of a result: its warnings, what its engine is, and what binds whoever uses it. */
export function Remarks({ result }: { result: Result }) {
  const { warnings } = result;
  const sheet = result.files.masks_preview?.url;
  const ofMasks = warnings.find(({ code }) => code.startsWith("MASK_"));
  const ofDelivery = warnings.filter(({ code }) => titleOf(code) === null);
  return (
    <>
      {warnings.map(({ code, message }) => {
        const title = titleOf(code);
        return (
          title !== null && (
            <Notice key={code + message} kind="warn" title={title}>
              <p>{spaced(message)}</p>
              {sheet && message === ofMasks?.message && <Outlines url={sheet} />}
            </Notice>
          )
        );
      })}
      {ofDelivery.length > 0 && (
        <Notice kind="info" title="The worker’s remarks">
          {ofDelivery.map(({ code, message }) => (
            <p key={code + message}>{spaced(message)}</p>
          ))}
        </Notice>
      )}
      {result.engine === "silhouette" && (
        <Notice kind="info" title="Made by the silhouette engine: 2.5D">
          <p>
            It blows up the subject’s outline and follows it through the clip. The back mirrors the front,
            turns become stretching, and crossing legs fuse. For full 3D the worker needs an NVIDIA GPU and
            ActionMesh’s weights.
          </p>
        </Notice>
      )}
      {result.engine === "actionmesh" && (
        <Notice kind="info" title="Not for commercial use">
          <p>
            Made with the weights of ActionMesh (Meta, FAIR Noncommercial Research License) and, for masks,
            RMBG-1.4 (BRIA, non-commercial).
          </p>
        </Notice>
      )}
    </>
  );
}

/** What was taken for the subject, where that is in doubt. */
function Outlines({ url }: { url: string }) {
  return (
    // biome-ignore lint/performance/noImgElement: a picture of the worker
    <img
      src={url}
      className={styles.sheet}
      alt="The frames that were taken, each with the outline of what was taken for the subject; all else is paler."
    />
  );
}
