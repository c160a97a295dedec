import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { ConnectError } from './connect-error.ts';

const ENCODING = 'binary/penumbra-aes-256-gcm';
const KEY_BYTES = 32, NONCE_BYTES = 12, TAG_BYTES = 16;

/** A payload as one text: its own protobuf form would tie us to the SDK's generated code. */
function packed({ metadata, data }: Payload): Buffer {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const fields = Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]));
  return Buffer.from(JSON.stringify({ metadata: fields, data: base64(data ?? new Uint8Array(0)) }));
}

function unpacked(text: Buffer): Payload {
  const { metadata, data } = JSON.parse(text.toString()) as { metadata: Record<string, string>; data: string };
  const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return { metadata: Object.fromEntries(Object.entries(metadata).map(([name, base64]) => [name, bytes(base64)])), data: bytes(data) };
}

function keyOf(text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new ConnectError(`PENUMBRA_CODEC_KEY holds ${key.length} bytes: expected ${KEY_BYTES}, in hexadecimal or base64 (openssl rand -base64 32)`);
  return key;
}

/** Payloads (configurations, references, progress) encrypted with AES-256-GCM on their way to Temporal and in its histories. */
export class EncryptingCodec implements PayloadCodec {
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = keyOf(key);
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const nonce = randomBytes(NONCE_BYTES), cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
      const sealed = Buffer.concat([cipher.update(packed(payload)), cipher.final()]);
      return { metadata: { encoding: new TextEncoder().encode(ENCODING) }, data: Buffer.concat([nonce, cipher.getAuthTag(), sealed]) };
    });
  }

  /** Payloads that were written without the codec pass. @throws ConnectError for those of another key. */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { metadata, data } = payload;
      if (new TextDecoder().decode(metadata?.['encoding'] ?? new Uint8Array(0)) !== ENCODING || data === null || data === undefined) return payload;
      const decipher = createDecipheriv('aes-256-gcm', this.#key, data.subarray(0, NONCE_BYTES)).setAuthTag(data.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        return unpacked(Buffer.concat([decipher.update(data.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]));
      } catch (error) {
        throw new ConnectError('a payload was encrypted with another key: set PENUMBRA_CODEC_KEY to that of the installation, the same for every worker and client', { cause: error });
      }
    });
  }
}

/** For clients and workers alike: encrypted payloads when PENUMBRA_CODEC_KEY is set, plain ones otherwise. */
export function dataConverterFrom(environment: NodeJS.ProcessEnv = process.env): { readonly dataConverter?: DataConverter } {
  const key = environment['PENUMBRA_CODEC_KEY'];
  return key === undefined || key === '' ? {} : { dataConverter: { payloadCodecs: [new EncryptingCodec(key)] } };
}
