import { Notice } from "@/components/ui/Notice";
import type { Result } from "@/lib/contract/result";
import { titleOf } from "./facts";

/** What should be known of a result: its warnings, what its engine is, and what binds whoever uses it. */
export function Remarks({ result }: { result: Result }) {
  const { warnings } = result;
  const ofDelivery = warnings.filter(({ code }) => titleOf(code) === null);
  return (
    <>
      {warnings.map(({ code, message }) => {
        const title = titleOf(code);
        return (
          title !== null && (
            <Notice key={code + message} kind="warn" title={title}>
              <p>{message}</p>
            </Notice>
          )
        );
      })}
      {ofDelivery.length > 0 && (
        <Notice kind="info" title="The worker’s remarks">
          {ofDelivery.map(({ code, message }) => (
            <p key={code + message}>{message}</p>
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
