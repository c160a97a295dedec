import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { EncryptingCodec, dataConverterFrom } from '../../../infra/temporal/payload-codec.ts';

const key = randomBytes(32).toString('base64');
const payload = defaultPayloadConverter.toPayload({ label: 'a secret column' })!;

describe('EncryptingCodec', () => {
  it('gives back what it took, and shows nothing of it on the way', async () => {
    const [sealed] = await new EncryptingCodec(key).encode([payload]);
    expect(Buffer.from(sealed!.data!).includes('secret')).toBe(false);
    expect(Buffer.from(sealed!.metadata!['encoding']!).toString()).toBe('binary/penumbra-aes-256-gcm');
    const [opened] = await new EncryptingCodec(Buffer.from(key, 'base64').toString('hex')).decode([sealed!]);
    expect(defaultPayloadConverter.fromPayload(opened!)).toEqual({ label: 'a secret column' });
  });

  it('seals the same payload differently each time, and lets plain ones pass', async () => {
    const codec = new EncryptingCodec(key), [one, two] = await codec.encode([payload, payload]);
    expect(Buffer.compare(one!.data!, two!.data!)).not.toBe(0);
    expect(await codec.decode([payload])).toEqual([payload]);
  });

  it('refuses what another key sealed, or somebody changed', async () => {
    const [sealed] = await new EncryptingCodec(key).encode([payload]);
    await expect(new EncryptingCodec(randomBytes(32).toString('hex')).decode([sealed!])).rejects.toThrow('PENUMBRA_CODEC_KEY');
    const changed = Buffer.from(sealed!.data!);
    changed[changed.length - 1]! ^= 1;
    await expect(new EncryptingCodec(key).decode([{ ...sealed, data: changed }])).rejects.toThrow('PENUMBRA_CODEC_KEY');
  });

  it('wants a key of 32 bytes and shows none of a wrong one', () => {
    expect(dataConverterFrom({})).toEqual({});
    expect(() => dataConverterFrom({ PENUMBRA_CODEC_KEY: 'short-key' })).toThrow(/expected 32/);
    expect(() => dataConverterFrom({ PENUMBRA_CODEC_KEY: 'short-key' })).not.toThrow(/short-key/);
    expect(dataConverterFrom({ PENUMBRA_CODEC_KEY: key }).dataConverter?.payloadCodecs).toHaveLength(1);
  });
});
