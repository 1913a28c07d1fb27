import styles from "./StripPictures.module.css";

/** Pictures of a video side by side, as wide and as high as there is room. */
export function StripPictures({ urls }: { urls: readonly string[] }) {
  return (
    <div className={styles.pictures}>
      {urls.map((url, index) => (
        // biome-ignore lint/performance/noImgElement: a picture made in the browser
        // biome-ignore lint/suspicious/noArrayIndexKey: one may stand in several places
        <img key={index} src={url} alt="" draggable={false} />
      ))}
    </div>
  );
}
