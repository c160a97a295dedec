import { storeErrors } from './store-error.ts';
import type { StoreError } from './store-error.ts';

/** Codes of S3 servers and of Node's TLS that no retry mends, with what does. */
const DENIED: ReadonlyMap<string, string> = new Map([
  ...['AccessDenied', 'AllAccessDisabled', 'MethodNotAllowed'].map((code) => [code, 'allow this key to get, put, list and delete in the bucket'] as const),
  ...['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken', 'InvalidClientTokenId', 'TokenRefreshRequired'].map(
    (code) => [code, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary ones) to credentials that are valid now'] as const),
  ...['PermanentRedirect', 'MovedPermanently', 'TemporaryRedirect', 'AuthorizationHeaderMalformed'].map((code) => [code, 'set store.region and store.endpoint to those of the bucket'] as const),
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'].map(
    (code) => [code, 'name the certificate authority in NODE_EXTRA_CA_CERTS, or use the host name that the certificate holds'] as const),
  ['NoSuchBucket', 'create the bucket, or name another one in store.bucket'],
  ['RequestTimeTooSkewed', 'set the clock of this machine'],
]);

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion']);
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage', 'StorageFull', 'ServiceQuotaExceeded']);

/** The code of a failed request: S3's own, or Node's for the network. */
export function codeOfFailure(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export interface FailureContext {
  readonly key: string;
  readonly where: string;
  /** Replaced in every text: a server may echo what it was sent. */
  readonly secrets: readonly string[];
}

/**
 * A failed request as a StoreError. The cause is a plain error with code and message: the client's own error carries every field of
 * the server's answer, the access key among them.
 */
export function storeErrorOf(error: unknown, { key, where, secrets }: FailureContext): StoreError {
  const code = codeOfFailure(error);
  const detail = redact([code, error instanceof Error ? error.message : String(error)].filter((text) => text !== '').join(': '), secrets);
  const cause = new Error(detail);
  if (MISSING.has(code)) return storeErrors.missing(key, where, cause);
  if (FULL.has(code)) return storeErrors.full(key, where, cause);
  const cure = DENIED.get(code);
  return cure === undefined ? storeErrors.unavailable(key, where, detail, cause) : storeErrors.denied(key, where, cure, cause);
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length > 3).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
