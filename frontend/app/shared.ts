import type { Metadata } from "next";

export const NAME = "ActionMesh Worker";
export const DESCRIPTION = "Turn a short video into an animated 3D mesh.";

const PICTURE = {
  url: "/examples/first/light.webp",
  alt: "On the left a clip of a walking toy fox, on the right the animated mesh made of it.",
};

/** What a link to a page shows where it is posted: a title, a sentence, a picture. */
export function shared(
  title: string,
  description: string,
  picture: { url: string; alt: string } = PICTURE,
): Pick<Metadata, "openGraph" | "twitter"> {
  return {
    openGraph: { type: "website", siteName: NAME, title, description, images: [picture] },
    twitter: { card: "summary_large_image", title, description, images: [picture] },
  };
}
