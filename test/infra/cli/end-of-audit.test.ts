import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../activities/activities.ts';
import { endOfAudit, type FailOn } from '../../../infra/cli/end-of-audit.ts';
import { createOutput } from '../../../infra/cli/output.ts';

let out: string;
beforeAll(async () => { out = await mkdtemp(join(tmpdir(), 'penumbra-end-')); });
afterAll(() => rm(out, { recursive: true }));

async function end(report: object, verdict: AuditRecord['verdict'], failOn: FailOn = 'findings'): Promise<{ code: number; text: string }> {
  await writeFile(join(out, 'report.json'), JSON.stringify(report));
  const said: string[] = [], record = { id: 'a', name: 'people', state: 'completed', verdict, failure: null, seconds: 61, stages: [], report: null, out, provenance: { out } } as unknown as AuditRecord;
  const output = { ...createOutput({ json: false, quiet: true, debug: false }), result: (_: object, text: string) => { said.push(text); }, warn: (text: string) => { said.push(text); } };
  return { code: await endOfAudit(record, output, failOn), text: said.join('\n') };
}

describe('how an audit ended', () => {
  it('undecided with comparisons: the data cannot tell, and each sentence stands below', async () => {
    const { code, text } = await end({ findings: [], headline: [{ sentence: 'sex: \u001b[31mundecided\nnext' }] }, 'undecided');
    expect([code, text.split('\n').slice(0, 2)]).toEqual([0, ['audit people: undecided: this data cannot tell   (1 min 1 s)', String.raw`  · sex: \u001b[31mundecided next`]]);
    expect((await end({ findings: [], headline: [] }, 'undecided', 'undecided')).code).toBe(1);
  });

  it('undecided because nothing was compared: what a comparison takes', async () => {
    expect((await end({ findings: [], headline: [] }, 'undecided')).text).toMatch(/^audit people: undecided: no groups were compared, since that takes data\.protected, and data\.label or decisions/);
  });

  it('findings: exit code 1 unless never, and findings before other sentences', async () => {
    const report = { findings: [{ sentence: 'found' }], headline: [{ sentence: 'found' }, { sentence: 'other' }] };
    const { code, text } = await end(report, 'findings');
    expect(code).toBe(1);
    expect(text.match(/· (?:found|other)/g)).toEqual(['· found', '· other']);
    expect((await end(report, 'findings', 'never')).code).toBe(0);
  });
});
