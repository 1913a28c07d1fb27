import Link from "next/link";
import examples from "@/public/examples/index.json";
import styles from "./ExampleCards.module.css";

/** The examples as cards, each with a picture of its mesh. */
export function ExampleCards() {
  return (
    <ul className={styles.cards}>
      {examples.map(({ name, title, about }) => (
        <li key={name} className={styles.card}>
          {/* biome-ignore lint/performance/noImgElement: a small file that is the right size already */}
          <img
            className={styles.picture}
            src={`/examples/${name}/poster.webp`}
            alt=""
            width={768}
            height={768}
          />
          <div className={styles.words}>
            <h2 className={styles.title}>
              <Link href={`/examples/${name}`} className={styles.link}>
                {title}
              </Link>
            </h2>
            <p className="hint">{about}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
