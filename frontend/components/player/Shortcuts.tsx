import { SHORTCUTS } from "./keyboard";
import styles from "./Shortcuts.module.css";

/** The list of keys; they work while the focus is in the player. */
export function Shortcuts({ id, hidden }: { id: string; hidden: boolean }) {
  return (
    <div id={id} className={styles.panel} hidden={hidden}>
      <dl className={styles.list}>
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p>
        Drag to turn, pinch to zoom; with the wheel, click on the mesh first. Keys work while the focus is in
        the player.
      </p>
    </div>
  );
}
