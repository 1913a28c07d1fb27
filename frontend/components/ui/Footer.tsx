import styles from "./Footer.module.css";

/** The foot of every page: what binds whoever uses the results. */
export function Footer() {
  return (
    <footer className={styles.footer}>
      <p>
        Meshes made by the actionmesh engine are not for commercial use: the weights of ActionMesh and RMBG do
        not allow it. Those of the silhouette engine are free of that.
      </p>
    </footer>
  );
}
