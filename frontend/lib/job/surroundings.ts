/** What polling needs of the page; tests have their own, whose clock they turn. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls back after so many milliseconds; what it gives calls that off. */
  after(ms: number, then: () => void): () => void;
  /** 0 to 1. */
  random(): number;
  isHidden(): boolean;
  /** Calls back when the page is shown again, or the network is back; what it gives ends that. */
  onWake(then: () => void): () => void;
}

/** This page. */
export const PAGE: Surroundings = {
  nowMs: Date.now,
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  isHidden: () => document.visibilityState === "hidden",
  onWake: (then) => {
    document.addEventListener("visibilitychange", then);
    window.addEventListener("online", then);
    window.addEventListener("pageshow", then); // out of the cache of pages gone back to
    return () => {
      document.removeEventListener("visibilitychange", then);
      window.removeEventListener("online", then);
      window.removeEventListener("pageshow", then);
    };
  },
};
