import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { Footer } from "@/components/ui/Footer";
import { Header } from "@/components/ui/Header";
import { THEME_COOKIE, themeOf } from "@/components/ui/theme";
import { context } from "@/lib/server/context";
import { addressOf } from "@/lib/server/host";
import { DESCRIPTION, NAME, shared } from "./shared";
import "./globals.css";

/** What a link to a page shows where it is posted: addresses in it are those that the page was reached by. */
export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: addressOf({ headers: await headers() }, context().settings),
    title: { default: NAME, template: `%s · ${NAME}` },
    description: DESCRIPTION,
    ...shared(NAME, DESCRIPTION),
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#1a1b1f" },
  ],
};

/** What all pages share. It reads a cookie, so pages are rendered at each request, which their nonces need. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme} suppressHydrationWarning>
      <body>
        <a href="#main" className="skip button">
          Skip to content
        </a>
        <Header />
        <main id="main" className="page" tabIndex={-1}>
          {children}
        </main>
        <Footer />
      </body>
    </html>
  );
}
