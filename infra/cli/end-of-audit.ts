import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import { EXIT } from './exit-codes.ts';
import { oneLine, type Output } from './output.ts';
import { duration } from './progress-view.ts';

/** The mildest verdict that gives exit code 1. */
export type FailOn = 'undecided' | 'findings' | 'never';

interface ReportFile {
  readonly findings?: readonly { readonly sentence: string }[];
  /** Everything that decided the verdict, findings or not. */
  readonly headline?: readonly { readonly sentence: string }[];
}

/** What decided the verdict, findings first; null without a report. */
async function sentences(out: string): Promise<readonly string[] | null> {
  const path = join(out, 'report.json');
  if (!existsSync(path)) return null;
  const { findings = [], headline = [] } = JSON.parse(await readFile(path, 'utf8')) as ReportFile;
  const said = findings.map(({ sentence }) => sentence);
  return [...said, ...headline.map(({ sentence }) => sentence).filter((sentence) => !said.includes(sentence))];
}

function cachedLine(record: AuditRecord): string {
  const cached = record.stages.filter((stage) => stage.state === 'cached').length;
  if (cached === 0) return '';
  return cached === record.stages.length ? ', every stage from earlier results' : `, ${cached} of ${record.stages.length} stages from earlier results`;
}

const VERDICT_TEXT = {
  findings: 'findings: a headline disparity holds up',
  pass: 'pass: every headline gap is at parity',
  undecided: 'undecided: this data cannot tell',
} as const;
const NOTHING_COMPARED = 'undecided: no groups were compared, since that takes data.protected, and data.label or decisions; the report tells what else was found';

/** Says how an audit ended and gives its exit code. */
export async function endOfAudit(record: AuditRecord, output: Output, failOn: FailOn): Promise<number> {
  const out = typeof record.provenance['out'] === 'string' ? record.provenance['out'] : null;
  const { id, name, state, verdict, failure, seconds, stages } = record;
  const value = { id, name, state, verdict, out, seconds, cached: stages.filter((stage) => stage.state === 'cached').map((stage) => stage.name), failure };
  if (state === 'cancelled') {
    output.result(value, `audit ${name} was cancelled; run it again to go on from the stages that are done`);
    return EXIT.infrastructure;
  }
  if (state === 'failed' || failure !== null) {
    const where = failure?.stage === null || failure === null ? '' : ` in the ${failure.stage} stage`;
    output.warn(`audit ${name} failed${where}: ${oneLine(failure?.message ?? 'the Temporal service ended it; see its pages for why')}`);
    output.result(value, '');
    return failure?.kind === 'data' ? EXIT.usage : EXIT.infrastructure;
  }
  const report = out === null ? null : join(out, existsSync(join(out, 'report.html')) ? 'report.html' : 'manifest.json');
  const said = out === null || verdict === null ? null : await sentences(out);
  const lines = [
    `audit ${name}: ${verdict === null ? 'done; its results are in the store, and no report was asked for (add report to --only)' : verdict === 'undecided' && said?.length === 0 ? NOTHING_COMPARED : VERDICT_TEXT[verdict]}   (${duration(seconds)}${cachedLine(record)})`,
    ...(said ?? []).map((sentence) => `  · ${oneLine(sentence)}`),
    ...(report === null || verdict === null ? [] : [`  report: ${report}`]),
  ];
  output.result(value, lines.join('\n'));
  const fails = verdict === 'findings' ? failOn !== 'never' : verdict === 'undecided' && failOn === 'undecided';
  return fails ? EXIT.findings : EXIT.done;
}
