import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../activities/activities.ts';
import { putArtifact, putJson, sha256 } from '../../../activities/artifacts.ts';
import type { ArtifactRef } from '../../../activities/types.ts';
import { publishReport } from '../../../infra/results/publish.ts';
import { listRecords, readRecord, writeRecord } from '../../../infra/results/records.ts';
import { verifyFolder } from '../../../infra/results/verify.ts';
import { openStore } from '../../../infra/store/open-store.ts';
import type { Store } from '../../../infra/store/store.ts';

let folder: string, out: string, store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-results-'));
  out = join(folder, 'out');
  store = await openStore({ kind: 'dir', path: join(folder, 'store') });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function reportOf(files: Readonly<Record<string, string>>): Promise<ArtifactRef> {
  const hashes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
  const artifacts: Record<string, readonly ArtifactRef[]> = { 'manifest.json': [await putJson(store, { files: hashes })] };
  for (const [name, text] of Object.entries(files)) artifacts[name] = [await putArtifact(store, bytes(text))];
  return putJson(store, { stage: 'report', version: 1, identity: 'x', artifacts, summary: {} });
}

const record = (report: ArtifactRef | null, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id: '20261122-000000-people-0000', name: 'people', state: 'completed', out, stages: [], report, verdict: 'pass', failure: null, seconds: 1, provenance: { machine: 'here' }, ...more,
});

describe('publishReport', () => {
  it('writes every file of the manifest and the provenance, which verify accepts', async () => {
    await publishReport(store, record(await reportOf({ 'report.json': '{}', 'charts/a.svg': '<svg/>' })), out);
    expect((await readdir(out, { recursive: true })).sort()).toEqual(['charts', 'charts/a.svg', 'manifest.json', 'provenance.json', 'report.json']);
    expect(await verifyFolder(out)).toMatchObject({ files: 2, problems: [] });
    expect(JSON.parse(await readFile(join(out, 'provenance.json'), 'utf8'))).toMatchObject({ machine: 'here' });
  });

  it('writes a file of several parts whole', async () => {
    const parts = ['row,weight\n', '0,1\n', '1,1\n'], artifacts = {
      'weights.csv': await Promise.all(parts.map((part) => putArtifact(store, bytes(part)))),
      'manifest.json': [await putJson(store, { files: { 'weights.csv': sha256(parts.join('')) } })],
    };
    await publishReport(store, record(await putJson(store, { stage: 'report', version: 1, identity: 'x', artifacts, summary: {} })), out);
    expect(await readFile(join(out, 'weights.csv'), 'utf8')).toBe(parts.join(''));
    expect(await verifyFolder(out)).toMatchObject({ files: 1, problems: [] });
  });

  it('replaces an earlier result and leaves what is not its own', async () => {
    await publishReport(store, record(await reportOf({ 'report.json': '{}', 'charts/old.svg': '<svg/>' })), out);
    await writeFile(join(out, 'notes.txt'), 'mine');
    await publishReport(store, record(await reportOf({ 'report.json': '[]' })), out);
    expect(await readFile(join(out, 'report.json'), 'utf8')).toBe('[]');
    expect(await readdir(join(out, 'charts'))).toEqual([]);
    expect(await readFile(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('writes no file outside the folder, whatever a manifest names', async () => {
    const report = await reportOf({ '../outside.txt': 'x', '/etc/x': 'x', 'charts/../../outside.txt': 'x', '.hidden': 'x', 'ok.json': '{}' });
    await publishReport(store, record(report), out);
    expect((await readdir(folder)).sort()).toEqual(['out', 'store']);
    expect((await readdir(out)).sort()).toEqual(['manifest.json', 'ok.json', 'provenance.json']);
  });

  it('does not follow a spoiled manifest out of the folder when it clears an earlier result', async () => {
    await mkdir(out);
    await writeFile(join(folder, 'precious.txt'), 'x');
    await writeFile(join(out, 'manifest.json'), JSON.stringify({ files: { '../precious.txt': 'x' } }));
    await publishReport(store, record(await reportOf({ 'report.json': '{}' })), out);
    expect(await readFile(join(folder, 'precious.txt'), 'utf8')).toBe('x');
  });
});

describe('verifyFolder', () => {
  it('finds what differs, is missing and does not belong', async () => {
    await publishReport(store, record(await reportOf({ 'a.json': '1', 'b.json': '2', 'c.json': '3' })), out);
    await appendFile(join(out, 'a.json'), ' ');
    await rm(join(out, 'b.json'));
    await writeFile(join(out, 'charts.svg'), 'x');
    const { problems } = await verifyFolder(out);
    expect(problems.map(({ file, problem }) => [file, problem])).toEqual([['a.json', 'differs'], ['b.json', 'missing'], ['charts.svg', 'not listed']]);
  });
});

describe('records', () => {
  it('come back as they were written, newest first, and not by a path', async () => {
    const older = record(null, { id: '20260101-000000-a-0000' }), newer = record(null, { id: '20260201-000000-b-0000' });
    await writeRecord(store, older);
    await writeRecord(store, newer);
    expect(await listRecords(store)).toEqual([newer, older]);
    expect(await readRecord(store, older.id)).toEqual(older);
    expect(await readRecord(store, '../audits/x')).toBeNull();
    expect(await readRecord(store, 'nobody')).toBeNull();
  });
});
