/** An S3 server's address, in any of the forms that people have it in, and the region that it tells. */

/** Servers whose hosts are known to the letter; the group is the region, "auto" where there is none. */
const KNOWN = [
  /^s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/,
  /^s3\.([a-z]+-[a-z]+-\d{3})\.backblazeb2\.com$/,
  /^([a-z]{3}\d)\.digitaloceanspaces\.com$/,
  /^s3api-([a-z0-9-]+)\.runpod\.io$/,
  /^[0-9a-z]+(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com$/,
  /^storage\.googleapis\.com$/,
];

/** RunPod's own S3 server, which knows no presigned links. */
const WITHOUT_LINKS = /^s3api-[a-z0-9-]+\.runpod\.io$/;

export interface S3Server {
  /** Its address, without the bucket and without a slash at the end. */
  url: string;
  /** As its host tells; null where it does not. */
  region: string | null;
  /** Whether it knows presigned links. */
  presigns: boolean;
}

/**
 * The server of a bucket's address.
 *
 * @param address `https://host`, `https://bucket.host` or `https://host/bucket`. Where the bucket is the first
 *   part of an unknown server's own host, such as `minio` on `https://minio.example.com`, it has to be the path
 *   as well.
 * @param bucket its name
 */
export function serverOf(address: string, bucket: string): S3Server {
  const given = new URL(address);
  const path = given.pathname.replace(/\/+$/, "");
  const inPath = path.endsWith(`/${bucket}`);
  const host = inPath ? given.hostname : withoutBucket(bucket, given.hostname);
  const port = given.port ? `:${given.port}` : "";
  return {
    url: `${given.protocol}//${host}${port}${inPath ? path.slice(0, -bucket.length - 1) : path}`,
    region: regionOf(host),
    presigns: !WITHOUT_LINKS.test(host),
  };
}

/**
 * Where a bucket's objects may be linked: by its path, by its own host.
 *
 * @returns origins for a content security policy
 */
export function originsOf(server: string, bucket: string): string[] {
  const { protocol, host, hostname, origin } = new URL(server);
  return isAddress(hostname) ? [origin] : [origin, `${protocol}//${bucket}.${host}`];
}

function withoutBucket(bucket: string, host: string): string {
  const prefix = `${bucket.toLowerCase()}.`;
  const isServer = KNOWN.some((pattern) => pattern.test(host));
  return isServer || isAddress(host) || !host.startsWith(prefix) ? host : host.slice(prefix.length);
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /\.\d+$/.test(host) || host === "localhost";
}

function regionOf(host: string): string | null {
  for (const pattern of KNOWN) {
    const match = pattern.exec(host);
    if (match) return match[1] ?? "auto";
  }
  return null;
}
