import { Hono } from 'hono';
import type { AuditRecord } from '../../activities/activities.ts';
import { getArtifact, readManifest } from '../../activities/artifacts.ts';
import { listRecords, readRecord } from '../results/records.ts';
import type { Store } from '../store/store.ts';
import { auditPage, auditsPage, notFoundPage, PAGE_POLICY, type ListedAudit } from './audits-page.ts';
import type { AuditStatus } from '../temporal/audit-status.ts';

export interface PageSource {
  readonly store: Store;
  /** What is known of an audit now. */
  readonly statusOf: (record: AuditRecord) => Promise<AuditStatus>;
}

/** The report brings its own, stricter policy; a sandbox keeps its scripts from everything else of this address. */
const REPORT_POLICY = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const SHOWN = 200;

async function listed({ store, statusOf }: PageSource): Promise<readonly ListedAudit[]> {
  const records = (await listRecords(store)).slice(0, SHOWN);
  return Promise.all(records.map(async (record) => ({ record, status: await statusOf(record) })));
}

/** report.html as the store has it, its hash checked. */
async function reportOf(store: Store, record: AuditRecord): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts = record.report === null ? undefined : (await readManifest(store, record.report)).artifacts['report.html'];
  if (parts === undefined) return null;
  const bytes: Uint8Array[] = [];
  for (const part of parts) bytes.push(await getArtifact(store, part));
  return new Uint8Array(Buffer.concat(bytes));
}

/** The pages of `serve`: read only, for browsers of this machine. Names are answered for loopback alone, so that no other site can read them through the browser. */
export function pageApp(source: PageSource): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!LOCAL_HOST.test(context.req.header('host') ?? '')) return context.text('only for this machine\n', 403);
    if (!['GET', 'HEAD'].includes(context.req.method)) return context.text('read only\n', 405);
    await next();
    if (!context.res.headers.has('content-security-policy')) context.header('content-security-policy', PAGE_POLICY);
    for (const [name, value] of Object.entries({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store' })) context.header(name, value);
    return undefined;
  });
  app.get('/', async (context) => context.html(auditsPage(await listed(source))));
  app.get('/api/audits', async (context) => context.json({ audits: (await listed(source)).map(({ status, record }) => ({ ...status, verdict: record.verdict })) }));
  app.get('/audits/:id', async (context) => {
    const record = await readRecord(source.store, context.req.param('id'));
    return record === null ? context.notFound() : context.html(auditPage({ record, status: await source.statusOf(record) }));
  });
  app.get('/audits/:id/report', async (context) => {
    const record = await readRecord(source.store, context.req.param('id')), report = record === null ? null : await reportOf(source.store, record);
    return report === null ? context.notFound() : context.body(report, 200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': REPORT_POLICY });
  });
  app.notFound((context) => context.html(notFoundPage(), 404));
  app.onError((error, context) => context.text(`${error.message}\n`, 500));
  return app;
}
