import type { StoredSchedule, LedgerEntry, NightEnd } from '../../../activities/nightly-types.ts';
import { writeRecord } from '../../../infra/results/records.ts';
import { judgeNight } from '../../../infra/schedule/judge-night.ts';
import { storeSchedule } from '../../../infra/schedule/stored-schedule.ts';
import type { Store } from '../../../infra/store/store.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { WATCH_DEFAULTS } from '../../../models/nights/watch.ts';
import { runAudit } from '../../activities/run-audit.ts';

export interface RowsOptions {
  readonly seed: number;
  readonly rows: number;
  readonly first?: number;
  /** Added to the rate of `m`. */
  readonly gap?: number;
  readonly shift?: number;
  readonly job?: string;
}

export const HEADER = 'id,age,job,sex,hired';

/** Lines of a table of applicants. */
export function applicants({ seed, rows, first = 0, gap = 0, shift = 0, job }: RowsOptions): string[] {
  const random = randomStream(seed, 'applicants');
  return Array.from({ length: rows }, (_, i) => {
    const sex = random.uniform() < 0.5 ? 'm' : 'f', work = job ?? (random.uniform() < 0.6 ? 'clerk' : 'smith'), age = (40 + 9 * random.normal() + shift).toFixed(1);
    return `r${first + i},${age},${work},${sex},${random.uniform() < 0.3 + (sex === 'm' ? 0.1 + gap : 0) ? 'yes' : 'no'}`;
  });
}

export const table = (lines: readonly string[], header = HEADER): string => `${[header, ...lines].join('\n')}\n`;

const CONFIG = 'name: nightly\ndata: { path: data.csv, id: id, label: hired, positive: "yes", protected: [sex] }\n';
/** The least that trains: what it says of networks is not looked at. */
const SETTINGS = ['model.epochs=1', 'model.seeds=1', 'model.latent=2', 'model.hidden=8', 'model.batch=128', 'model.reference=none'];

/** Nights of one schedule in a store, judged as a worker would, without a service. */
export class Nights {
  readonly store: Store;
  readonly name: string;
  #version = '';
  #night = Date.parse('2026-11-01T02:30:00Z');

  private constructor(store: Store, name: string) {
    this.store = store;
    this.name = name;
  }

  static async create(store: Store, overrides: Partial<StoredSchedule> = {}): Promise<Nights> {
    const nights = new Nights(store, overrides.name ?? 'nightly');
    nights.#version = await storeSchedule(store, { name: nights.name, config: {} as StoredSchedule['config'], location: '/data.csv', embedded: false, out: null, watch: { ...WATCH_DEFAULTS, baselineNights: 2 }, minimumRows: 0.75, webhook: null, ...overrides });
    return nights;
  }

  get version(): string {
    return this.#version;
  }

  /** Lets days pass. */
  skip(days: number): void {
    this.#night += days * 24 * 3600 * 1000;
  }

  /** The audit of a table, committed with its record. */
  async audit(id: string, data: string, config = CONFIG): Promise<string> {
    const { made } = await runAudit({ data, config, settings: SETTINGS, store: this.store });
    await writeRecord(this.store, { id, name: 'nightly', state: 'completed', out: null, stages: [], report: made.report![0]!, verdict: 'pass', failure: null, seconds: 0, provenance: {} });
    return id;
  }

  /** The next night's end. */
  end(end: Partial<Pick<NightEnd, 'plan' | 'failure'>>): NightEnd {
    const night = new Date(this.#night).toISOString();
    this.skip(1);
    return { schedule: this.name, version: this.#version, code: 'test', night, workflowId: `night-${night}`, plan: { auditId: null, outcome: null, sentence: null }, failure: null, ...end };
  }

  /** A night whose audit is there already. */
  judge(auditId: string): Promise<LedgerEntry> {
    return judgeNight(this.store, this.end({ plan: { auditId, outcome: null, sentence: null } }));
  }
}
