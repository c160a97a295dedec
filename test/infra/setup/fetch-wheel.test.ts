import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchWheel } from '../../../infra/setup/fetch-wheel.ts';
import type { Wheel } from '../../../infra/setup/wheel-table.ts';

const CONTENT = Buffer.from('the wheel');
const wheel: Wheel = {
  package: 'made-up', version: '1.0', file: 'made_up-1.0-py3-none-any.whl', bytes: CONTENT.length, executable: false, purpose: 'a test', unpack: {},
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};

let folder: string, server: Server, index: string, answer: (request: IncomingMessage, response: ServerResponse) => void, path: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-wheel-'));
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  index = `127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  // Without pip on the path the index is read by Node alone.
  path = process.env['PATH'];
  process.env['PATH'] = '';
});
afterEach(async () => {
  process.env['PATH'] = path;
  server.close();
  await rm(folder, { recursive: true });
});

const page = (request: IncomingMessage, response: ServerResponse, json: boolean): void => {
  if (request.url === '/simple/made-up/') {
    response.setHeader('content-type', json ? 'application/vnd.pypi.simple.v1+json' : 'text/html');
    response.end(json ? JSON.stringify({ files: [{ filename: 'other.whl', url: '/no' }, { filename: wheel.file, url: '../../files/w.whl' }] })
      : `<a href="/no">other.whl</a>\n<a href="../../files/w.whl#sha256=${wheel.sha256}" data-x="1">${wheel.file}</a>`);
  } else if (request.url?.startsWith('/files/w.whl') === true) response.end(CONTENT);
  else { response.statusCode = 404; response.end(); }
};

describe('fetchWheel without pip', () => {
  it.each([['JSON', true], ['HTML', false]])('finds the file in an index that answers in %s', async (_kind, json) => {
    answer = (request, response) => page(request, response, json);
    const file = await fetchWheel(wheel, folder, { PIP_INDEX_URL: `http://${index}` });
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it('hands the index its user name and password, and shows them to nobody', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => { seen.push(request.headers.authorization); response.statusCode = 403; response.end(); };
    const error = await fetchWheel(wheel, folder, { PIP_INDEX_URL: `http://user:s3cret@${index}` }).catch((thrown: Error) => thrown);
    expect(seen).toEqual([`Basic ${Buffer.from('user:s3cret').toString('base64')}`]);
    expect((error as Error).message).toContain('403');
    expect((error as Error).message).not.toContain('s3cret');
  });

  it('refuses a file that is not the pinned one', async () => {
    answer = (request, response) => page(request, response, true);
    await expect(fetchWheel({ ...wheel, sha256: '0'.repeat(64) }, folder, { PIP_INDEX_URL: `http://${index}` })).rejects.toMatchObject({ code: 'checksum' });
  });

  it.each([
    ['nothing is configured', () => ({})], ['nobody listens', () => ({ PIP_INDEX_URL: 'http://127.0.0.1:9/simple' })], ['the package is not there', () => ({ PIP_INDEX_URL: `http://${index}/other` })],
  ])('says what to set when %s', async (_what, environment) => {
    answer = (request, response) => page(request, response, true);
    const error = await fetchWheel(wheel, folder, environment()).catch((thrown: Error) => thrown) as Error & { code: string };
    expect(error.code).toBe('fetch-failed');
    for (const word of ['made-up 1.0', 'pip', 'PIP_INDEX_URL', 'NODE_EXTRA_CA_CERTS']) expect(error.message).toContain(word);
    expect(await readdir(folder).then((files) => files.filter((file) => file.endsWith('.whl')))).toEqual([]);
  });
});
