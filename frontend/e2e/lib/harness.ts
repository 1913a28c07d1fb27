import { put } from "@/lib/api/upload";
import * as history from "@/lib/history";
import * as video from "@/lib/video";

/** The page's logic without the page, for tests in a browser. */
const lib = { put, history, ...video };

declare global {
  interface Window {
    lib: typeof lib;
  }
}

window.lib = lib;
