/** Where objects lie: bucket, key (which may be a pattern), and the server. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
  readonly endpoint: string;
  readonly region: string | null;
}

const LOCATED = /^s3:\/\/([^/]+)\/(.+)\?endpoint=([^&?]+)(?:&region=([^&?]*))?$/s;

/** `s3://bucket/key` with the server that is meant, in one text, as the ingest stage gets it. */
export function writeS3Address({ bucket, key, endpoint, region }: S3Address): string {
  return `s3://${bucket}/${key}?endpoint=${encodeURIComponent(endpoint)}${region === null ? '' : `&region=${encodeURIComponent(region)}`}`;
}

/** Reads what `writeS3Address` wrote; null when the text is no address with a server. */
export function readS3Address(text: string): S3Address | null {
  const [, bucket, key, endpoint, region] = LOCATED.exec(text) ?? [];
  if (bucket === undefined || key === undefined || endpoint === undefined) return null;
  return { bucket, key, endpoint: decodeURIComponent(endpoint), region: region === undefined ? null : decodeURIComponent(region) };
}
