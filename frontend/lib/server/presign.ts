import { AwsV4Signer } from "aws4fetch";
import type { Bucket } from "./settings";

/** A request that a link allows. */
export interface Allowed {
  method: "PUT" | "GET";
  /** With its query, without a signature. */
  url: string;
  /** How long from now on, 604,800 at most. */
  seconds: number;
  /** Which have to be sent as they are here. */
  headers?: Record<string, string>;
}

/**
 * A link that allows one request to the bucket, by AWS's Signature Version 4.
 *
 * @throws Error if the bucket has no keys
 */
export async function presigned(
  { region, keys }: Bucket,
  { method, url, seconds, headers = {} }: Allowed,
): Promise<string> {
  if (keys === null) throw new Error("the bucket has no keys");
  const address = new URL(url);
  address.searchParams.set("X-Amz-Expires", String(seconds));
  const signer = new AwsV4Signer({
    method,
    url: address.href,
    headers,
    accessKeyId: keys.id,
    secretAccessKey: keys.secret,
    service: "s3",
    region,
    signQuery: true,
    allHeaders: true,
  });
  return (await signer.sign()).url.href;
}
