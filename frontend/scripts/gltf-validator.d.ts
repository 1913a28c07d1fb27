declare module "gltf-validator" {
  interface Options {
    /** How many issues are listed at most; 0 is no limit. */
    maxIssues?: number;
    writeTimestamp?: boolean;
  }
  interface Report {
    issues: { numErrors: number; numWarnings: number; messages: { code: string; message: string }[] };
    info: Record<string, unknown>;
  }
  export function validateBytes(data: Uint8Array, options?: Options): Promise<Report>;
}
