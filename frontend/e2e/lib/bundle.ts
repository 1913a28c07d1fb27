import { fileURLToPath } from "node:url";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FRONTEND = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The harness and all that it needs, workers included, as files of JavaScript by name; harness.js is the first. */
export async function bundle(): Promise<Map<string, string>> {
  const built = await build({
    root: HERE,
    base: "/",
    configFile: false,
    logLevel: "error",
    publicDir: false,
    resolve: { alias: { "@": FRONTEND } },
    define: { "process.env.NEXT_PUBLIC_WORKER_URL": '""' },
    worker: { format: "es" },
    build: {
      write: false,
      rolldownOptions: {
        input: `${HERE}harness.ts`,
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "harness.js" },
      },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    "output" in one ? one.output : [],
  );
  return new Map(
    outputs.map((one) => [
      one.fileName,
      one.type === "chunk" ? one.code : Buffer.from(one.source).toString(),
    ]),
  );
}
