import type { StageRecord } from '../activities/activities.ts';
import type { StageName, StageResult } from '../activities/types.ts';
import { STAGE_ORDER } from './stage-needs.ts';

/** How far each stage of one audit is. */
export class ProgressBoard {
  readonly #records: Map<StageName, StageRecord>;

  constructor(wanted: readonly StageName[]) {
    this.#records = new Map(STAGE_ORDER.filter((name) => wanted.includes(name)).map((name) => [name, { name, state: 'waiting', seconds: null }]));
  }

  get stages(): readonly StageRecord[] {
    return [...this.#records.values()];
  }

  has(name: StageName): boolean {
    return this.#records.has(name);
  }

  running(name: StageName, tasks?: { readonly done: number; readonly total: number }): void {
    if (this.#records.has(name)) this.#records.set(name, { name, state: 'running', seconds: null, ...(tasks === undefined ? {} : { tasks }) });
  }

  /** Done, by one result or one for each seed; cached when all of them were. */
  done(name: StageName, results: readonly StageResult[]): void {
    const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
    this.#set(name, results.every((result) => result.cached) ? 'cached' : 'completed', seconds);
  }

  /** The stage whose error ended the audit; what else was running did not fail, it was stopped. */
  failed(name: StageName): void {
    this.#set(name, 'failed', null);
  }

  stopRunning(): void {
    for (const record of this.stages) if (record.state === 'running') this.#set(record.name, 'waiting', null);
  }

  #set(name: StageName, state: StageRecord['state'], seconds: number | null): void {
    if (this.#records.has(name)) this.#records.set(name, { name, state, seconds });
  }
}
