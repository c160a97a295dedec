import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSource } from '../../../infra/readers/file-source.ts';
import { readUtf8 } from '../../../infra/readers/read-utf8.ts';
import { temporaryFile } from './temporary-file.ts';

async function read(content: string | Uint8Array, encoding = 'utf-8'): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readUtf8(await fileSource(await temporaryFile(content)), encoding)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ReaderError' });
  return error as { code: string; message: string };
}

describe('a file as UTF-8', () => {
  it('passes text through, across chunks that cut characters', async () => {
    const text = `x${'äöü€😀'.repeat(60_000)}`;
    expect(await read(text) === text).toBe(true);
  });

  it('takes the byte-order mark off, and only at the start', async () => {
    expect(await read('\uFEFFa\uFEFFb')).toBe('a\uFEFFb');
    const atChunk = `${'a'.repeat(256 * 1024)}\uFEFFb`;
    expect(await read(atChunk) === atChunk).toBe(true);
    expect(await read(Buffer.from('\uFEFFä€', 'utf16le'), 'utf-16le')).toBe('ä€');
  });

  it('converts other encodings', async () => {
    expect(await read(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x80), 'windows-1252')).toBe('café€');
    expect(await read(Buffer.from('Grüße', 'utf16le'), 'utf-16le')).toBe('Grüße');
  });

  it('names line and byte of the first that is invalid, also far into the file', async () => {
    const lines = 'abc,äö\n'.repeat(60_000), bytes = Buffer.concat([Buffer.from(lines), Buffer.from([0x78, 0xe9, 0x0a])]);
    const error = await failure(read(bytes));
    expect(error.code).toBe('encoding');
    expect(error.message).toContain(`line 60001: byte ${Buffer.byteLength(lines) + 2} of the file is not valid utf-8`);
    expect(error.message).toContain('set data.encoding to windows-1252, in which the place reads "xé"');
  });

  it('notices a file that ends within a character', async () => {
    expect((await failure(read(Buffer.from('a\nbä').subarray(0, 4)))).message).toContain('line 2: byte 4');
  });

  it('recognises UTF-16', async () => {
    expect((await failure(read(Buffer.from('\uFEFFa,b', 'utf16le')))).message).toContain('set data.encoding to utf-16le');
  });

  it.each([
    ['windows-1251', Uint8Array.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x0a])], ['shift_jis', Uint8Array.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x0a])], ['windows-1252', Uint8Array.from([0x4d, 0xfc, 0x6c, 0x6c, 0xe9, 0x0a])],
  ])('suggests %s where it is likely', async (encoding, bytes) => {
    expect((await failure(read(bytes))).message).toContain(`set data.encoding to ${encoding}`);
  });

  it('names an encoding that is not known', async () => {
    expect(await failure(read('a', 'utf-9'))).toMatchObject({ code: 'encoding-name', message: expect.stringContaining('"utf-9"') as string });
  });

  it('says when there is no file, or a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penumbra-folder-'));
    expect((await failure(fileSource(join(folder, 'none.csv')))).message).toContain('there is no such file; set data.path');
    expect((await failure(fileSource(folder))).message).toContain('is a folder');
    await rm(folder, { recursive: true });
  });
});
