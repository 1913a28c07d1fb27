"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { factsOf } from "@/components/result/facts";
import { Notice } from "@/components/ui/Notice";
import type { Result } from "@/lib/contract/result";
import { isOver } from "@/lib/job/state";
import { useJob } from "@/lib/job/useJob";
import styles from "./Compare.module.css";

/** three.js comes with it, as with the player of one mesh. */
const LazyPair = dynamic(
  () => import("@/components/player/PairPlayer").then(({ PairPlayer }) => PairPlayer),
  {
    ssr: false,
  },
);

interface Props {
  first: string;
  second: string;
  nameOf: (id: string) => string;
}

/** Two results, once they are there, and what they differ in. */
export function Pair({ first, second, nameOf }: Props) {
  const [one, other] = [useJob(first).state.phase, useJob(second).state.phase];
  if (one.name !== "done" || other.name !== "done") {
    const isLost = [one, other].some((phase) => isOver(phase) && phase.name !== "done");
    return isLost ? (
      <Notice kind="warn" title="One of the two has no result to show">
        <p>It has failed, or is no longer kept.</p>
      </Notice>
    ) : (
      <p className="hint" role="status">
        Looking for the results
      </p>
    );
  }
  const sides = [
    { id: first, result: one.result },
    { id: second, result: other.result },
  ].map(({ id, result }) => ({
    id,
    result,
    name: nameOf(id),
    mesh: result.files.animated_mesh?.url ?? null,
  }));
  const [left, right] = sides.map(({ result, name, mesh }) => ({
    source: { url: mesh ?? "" },
    name,
    poster: result.files.poster?.url ?? undefined,
    facts: result,
  }));
  return (
    <div className={styles.view}>
      {left && right && sides.every(({ mesh }) => mesh !== null) ? (
        <LazyPair first={left} second={right} />
      ) : (
        <Notice kind="warn" title="One of the two has no animated mesh to play">
          <p>It was not asked for, or its link has ended.</p>
        </Notice>
      )}
      <Differences sides={sides} />
    </div>
  );
}

/** The figures of both; those that differ stand out. */
function Differences({ sides }: { sides: { id: string; name: string; result: Result }[] }) {
  const facts = sides.map(({ result }) => new Map(factsOf(result).map(({ name, value }) => [name, value])));
  const names = [...new Set(facts.flatMap((one) => [...one.keys()]))];
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Figure</span>
            </th>
            {sides.map(({ id, name }) => (
              <th key={id} scope="col">
                <Link href={`/jobs/${id}`}>{name}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name} data-differs={facts[0]?.get(name) !== facts[1]?.get(name)}>
              <th scope="row">{name}</th>
              {sides.map(({ id }, index) => (
                <td key={id}>{facts[index]?.get(name) ?? "–"}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
