import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hostFolder } from '../../infra/temporal/host-folder.ts';
import type { StoreConfig } from '../../infra/store/open-store.ts';
import type { Seaweed } from '../infra/store/seaweed.ts';
import { CommandLine, writePeople } from '../system/command-line.ts';
import type { FaultEvent, Plan } from './stage-fault.ts';

const HOOK = pathToFileURL(join(import.meta.dirname, 'stage-fault.ts')).href;

/** A small audit with two seeds: every stage, in seconds. */
export const SMALL_AUDIT = `name: people
data: { path: people.csv, label: hired, positive: "yes", protected: [sex] }
model: { epochs: 3, seeds: 2, latent: 3, batch: 64, hidden: 16 }
backend: wasm
`;

/** A user's folder whose stage processes do what tests plan for them. */
export interface FaultyLine {
  readonly line: CommandLine;
  readonly store: StoreConfig;
  /** The next attempt of the stage that has no plan yet suffers this. */
  plan(stage: string, plan: Plan): void;
  /** Moves the clocks of all processes by PENUMBRA_FAULTS_CLOCK. */
  moveClocks(): void;
  /** Plans that nobody has used up. */
  clearPlans(): void;
  events(): readonly FaultEvent[];
}

const bucket = 'audits', served = new WeakSet<Seaweed>();
let stores = 0;

/** A store of its own on an S3 server, which this process and the commands of a line are let at. A bucket each would use up the server's volumes. */
async function storeOn(seaweed: Seaweed, line: CommandLine): Promise<StoreConfig> {
  const { endpoint, accessKey, secretKey } = seaweed, prefix = `store-${++stores}`;
  if (!served.has(seaweed)) await seaweed.makeBucket(bucket);
  served.add(seaweed);
  const places = { PENUMBRA_STORE_KIND: 's3', PENUMBRA_STORE_ENDPOINT: endpoint, PENUMBRA_STORE_BUCKET: bucket, PENUMBRA_STORE_PREFIX: prefix };
  for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, ...places })) {
    line.set(name, value);
    if (name.startsWith('AWS_')) process.env[name] = value;
  }
  const store = { kind: 's3', endpoint, bucket, prefix } as const;
  line.hostFolder = hostFolder(store);
  return store;
}

/** Its store lies in its folder, or on an S3 server. */
export async function createFaultyLine(environment: NodeJS.ProcessEnv = {}, config = SMALL_AUDIT, seaweed: Seaweed | null = null): Promise<FaultyLine> {
  const line = await CommandLine.create({ NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${HOOK}`, ...environment });
  const store = seaweed === null ? { kind: 'dir', path: join(line.folder, '.penumbra') } as const : await storeOn(seaweed, line);
  const folder = join(line.folder, 'faults'), log = join(folder, 'log');
  line.set('PENUMBRA_FAULTS_FOLDER', folder);
  mkdirSync(folder);
  await writePeople(line.folder, 200);
  await writeFile(join(line.folder, 'audit.yaml'), config);
  let count = 0;
  return {
    line, store,
    plan: (stage, plan) => writeFileSync(join(folder, `${stage}.${String(count++).padStart(6, '0')}`), JSON.stringify(plan)),
    moveClocks: () => writeFileSync(join(folder, 'clock'), ''),
    clearPlans: () => {
      const events = existsSync(log) ? readFileSync(log) : '';
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(log, events);
    },
    events: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter((text) => text !== '').map((text) => JSON.parse(text) as FaultEvent) : []),
  };
}
