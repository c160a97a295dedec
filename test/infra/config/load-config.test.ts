import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../infra/config/config-error.ts';
import { loadConfig, loadPlace, type ConfigSource } from '../../../infra/config/load-config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-config-'));
  await writeFile(join(folder, 'people.csv'), 'a,b\n1,2\n');
});
afterAll(() => rm(folder, { recursive: true }));

const source = (more: Partial<ConfigSource> = {}): ConfigSource =>
  ({ file: 'audit.yaml', settings: [], seed: null, backend: null, environment: {}, folder, ...more });
const load = async (yaml: string, more: Partial<ConfigSource> = {}) => {
  await writeFile(join(folder, 'audit.yaml'), yaml);
  return loadConfig(source(more));
};
const problem = async (yaml: string, more: Partial<ConfigSource> = {}): Promise<string> => {
  const error = await load(yaml, more).then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
};

const MINIMAL = 'data: { path: people.csv }\n';

describe('a configuration', () => {
  it('needs no more than the data; everything else has the default of the contract', async () => {
    const { audit, location, store, temporal } = await load(MINIMAL);
    expect(audit).toMatchObject({
      name: 'people', seed: 0, backend: 'auto',
      model: { kind: 'vae', latent: 8, beta: 1, seeds: 3, epochs: 30, batch: 256, precision: 'float32', reference: 'auto' },
      fairness: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, headline: 'auto', intersections: 2, minimum: 30, strata: [] },
      debias: { density: 'auto', alpha: 0.001, essFloor: 0.5 }, outliers: { detectors: 'auto', fdr: 0.1, top: 100, train: 'all' },
      data: { missing: ['', '?', 'NA', 'NaN', 'null'], split: [60, 20, 20] },
    });
    expect(location).toBe(join(folder, 'people.csv'));
    expect(store).toEqual({ kind: 'dir', path: join(folder, '.penumbra') });
    expect(temporal).toEqual({ address: null, namespace: 'default' });
  });

  it('is layered: defaults < file < environment < flags', async () => {
    const yaml = `${MINIMAL}seed: 1\nmodel: { epochs: 10, latent: 4, batch: 64 }\n`;
    const { audit } = await load(yaml, { environment: { PENUMBRA_SEED: '2', PENUMBRA_MODEL_EPOCHS: '20' }, settings: ['model.epochs=40', 'data.protected=[sex, race]'], seed: 3 });
    expect(audit.seed).toBe(3);
    expect(audit.model).toMatchObject({ epochs: 40, latent: 4, batch: 64, seeds: 3 });
    expect(audit.data.protected).toEqual(['sex', 'race']);
  });

  it('takes one β, or a list of which the first is the audit\'s, from a file, a variable and a flag', async () => {
    const betaOf = async (...given: Parameters<typeof load>) => (await load(...given)).audit.model.beta;
    expect(await betaOf(`${MINIMAL}model: { beta: 0 }\n`)).toBe(0);
    expect(await betaOf(`${MINIMAL}model: { beta: [4, 0.5, 1] }\n`)).toEqual([4, 0.5, 1]);
    expect(await betaOf(MINIMAL, { environment: { PENUMBRA_MODEL_BETA: '[1, 2]' } })).toEqual([1, 2]);
    expect(await betaOf(`${MINIMAL}model: { beta: 2, kind: beta-vae }\n`, { settings: ['model.beta=[1,4]'] })).toEqual([1, 4]);
    expect(await betaOf(`${MINIMAL}model: { beta: [1, 2] }\n`, { settings: ['model.beta=4'] })).toBe(4);
  });

  it('takes the Temporal address in the order of the contract: flag, PENUMBRA_, TEMPORAL_, file', async () => {
    const yaml = `${MINIMAL}temporal: { address: "file:1" }\n`;
    const address = async (more: Partial<ConfigSource>) => (await load(yaml, more)).temporal.address;
    expect(await address({})).toBe('file:1');
    expect(await address({ environment: { TEMPORAL_ADDRESS: 'env:1' } })).toBe('env:1');
    expect(await address({ environment: { TEMPORAL_ADDRESS: 'env:1', PENUMBRA_TEMPORAL_ADDRESS: 'ours:1' } })).toBe('ours:1');
    expect(await address({ environment: { PENUMBRA_TEMPORAL_ADDRESS: 'ours:1' }, settings: ['temporal.address=flag:1'] })).toBe('flag:1');
  });

  it('reads YAML scalars as the texts of a data file', async () => {
    const { audit } = await load('data: { path: people.csv, label: a, positive: 1, missing: [null, "", 0, true] }\nfairness: { reference: {} }\n');
    expect(audit.data.positive).toBe('1');
    expect(audit.data.missing).toEqual(['null', '', '0', 'true']);
  });

  it('finds a relative store beside the file that names it, and the default one in the current folder', async () => {
    expect((await load(`${MINIMAL}store: { kind: dir, path: here }\n`)).store).toEqual({ kind: 'dir', path: join(folder, 'here') });
    expect(await loadPlace(source({ file: null, environment: { PENUMBRA_STORE_PATH: '/data/store' } }))).toMatchObject({ store: { kind: 'dir', path: '/data/store' } });
  });

  it('takes a data file in place of a configuration', async () => {
    const { audit, location } = await loadConfig(source({ file: 'people.csv', settings: ['data.label=b'] }));
    expect(audit).toMatchObject({ name: 'people', data: { label: 'b' } });
    expect(location).toBe(join(folder, 'people.csv'));
  });
});

// Each line: what is wrong, the file, and the words that the message must hold: where, what was found, what to do.
describe('where the data lies', () => {
  const locationOf = async (path: string, environment: NodeJS.ProcessEnv = {}, more = ''): Promise<string> => (await load(`data: { path: "${path}" }\n${more}`, { environment })).location;

  it('is an absolute path or pattern', async () => {
    expect(await locationOf('people.csv')).toBe(join(folder, 'people.csv'));
    expect(await locationOf('peop*.csv')).toBe(join(folder, 'peop*.csv'));
    expect((await load('data: { path: "peop*.csv" }\n')).audit.name).toBe('peop');
  });

  it('is an address in a bucket, with the server of the S3 store, else of the environment, else of Amazon', async () => {
    const store = 'store: { kind: s3, endpoint: "http://localhost:9000", bucket: audits, region: eu }\n', key = 's3://data/a b/part-*.parquet';
    expect(await locationOf(key, { AWS_ENDPOINT_URL: 'http://other' }, store)).toBe(`${key}?endpoint=http%3A%2F%2Flocalhost%3A9000&region=eu`);
    expect(await locationOf(key, { AWS_ENDPOINT_URL: 'http://other:1' })).toBe(`${key}?endpoint=http%3A%2F%2Fother%3A1`);
    expect(await locationOf(key, { AWS_REGION: 'eu-west-1' })).toBe(`${key}?endpoint=https%3A%2F%2Fs3.eu-west-1.amazonaws.com&region=eu-west-1`);
  });

  it.each([['nobody-*.csv', 'no file matches'], ['s3://data', 'expected s3://BUCKET/KEY'], ['https://example.org/a.csv', 'files and from s3:// addresses']])('is refused when it is %s', async (path, words) => {
    expect(await problem(`data: { path: "${path}" }\n`)).toContain(words);
  });
});

describe('a wrong configuration is refused with its place and the cure:', () => {
  it.each<[string, string, readonly string[]]>([
    ['a misspelt key', 'data:\n  path: people.csv\n  lable: b\n', ['audit.yaml:3:3', 'data.lable', 'did you mean data.label?']],
    ['a misspelt section', `${MINIMAL}modle: {}\n`, ['audit.yaml:2:1', 'modle', 'did you mean model?']],
    ['a key in the wrong section', `${MINIMAL}epochs: 3\n`, ['audit.yaml:2:1', 'epochs belongs under model']],
    ['a number that is text', `${MINIMAL}model:\n  epochs: many\n`, ['audit.yaml:3:3', 'model.epochs is "many"', 'expected a number', 'default, 30']],
    ['a number out of range', `${MINIMAL}fairness: { level: 2 }\n`, ['audit.yaml:2:13', 'fairness.level is 2']],
    ['an unknown word', `${MINIMAL}outliers: { train: some }\n`, ['outliers.train is "some"', 'expected one of all, normal']],
    ['a network that is not built', `${MINIMAL}model: { kind: gan }\n`, ['audit.yaml:2:10', 'not built yet', 'vae']],
    ['a format that is not built', 'data: { path: people.xlsx }\n', ['people.xlsx', 'cannot be read', 'CSV']],
    ['no data', 'model: { seeds: 1 }\n', ['data.path is missing']],
    ['a file that is not there', 'data: { path: nobody.csv }\n', ['audit.yaml:1:9', 'nobody.csv', 'no such file']],
    ['broken YAML', 'data: { path: people.csv\nmodel: [', ['audit.yaml:', 'no valid YAML']],
    ['a list at the top', '- data\n', ['expected keys']],
    ['a doubled key', `${MINIMAL}seed: 1\nseed: 2\n`, ['audit.yaml:3:', 'no valid YAML']],
    ['percentages that do not sum', 'data: { path: people.csv, split: [50, 20, 20] }\n', ['data.split', 'sum to 100']],
    ['edges that fall', 'data: { path: people.csv, bins: { age: [0, 50, 40] } }\n', ['data.bins.age', 'increasing']],
    ['a column both protected and excluded', 'data: { path: people.csv, protected: [a], exclude: [a] }\n', ['a is both protected and excluded']],
    ['a positive value without a label', 'data: { path: people.csv, positive: 1 }\n', ['data.positive needs data.label']],
    ['a metric that does not exist', `${MINIMAL}fairness: { headline: [demografic_parity_difference] }\n`, ['fairness.headline', 'did you mean demographic_parity_difference?']],
    ['a tolerance for no metric', `${MINIMAL}fairness: { tolerance: { selectionrate: 0.1 } }\n`, ['fairness.tolerance', 'selectionrate']],
    ['a detector that does not exist', `${MINIMAL}outliers: { detectors: [iforrest] }\n`, ['outliers.detectors', 'did you mean iforest?']],
    ['normal rows for the network alone', `${MINIMAL}outliers: { train: normal, detectors: [kl, latent] }\n`, ['audit.yaml:2:28', 'at least one must be fitted to normal rows alone', 'kl, latent come from networks', 'add some of iforest, knn']],
    ['several β that are text', `${MINIMAL}model: { beta: [1, high] }\n`, ['audit.yaml:2:10', 'model.beta is [1,"high"]', 'a list of 2 to 8 numbers above 0', 'leave it out for the default, 1']],
    ['a β that is text', `${MINIMAL}model: { beta: high }\n`, ['audit.yaml:2:10', 'model.beta is "high"', 'expected a number of at least 0, or a list', 'such as [1, 4]']],
    ['a negative β', `${MINIMAL}model: { beta: -1 }\n`, ['audit.yaml:2:10', 'model.beta is -1', 'at least 0']],
    ['no β in a list', `${MINIMAL}model: { beta: [] }\n`, ['model.beta is []', 'expected 2 to 8 numbers', 'write one value as a number, such as 1']],
    ['one β in a list', `${MINIMAL}model: { beta: [4] }\n`, ['model.beta is [4]', 'write one value as a number, such as 4']],
    ['a β twice in a list', `${MINIMAL}model:\n  beta: [1, 4, 1.0]\n`, ['audit.yaml:3:3', '1 stands in the list twice; take one out']],
    ['a negative β in a list', `${MINIMAL}model: { beta: [1, -4] }\n`, ['expected numbers above 0 in a list, found -4; take it out']],
    ['a β of 0 in a list', `${MINIMAL}model: { beta: [0, 1] }\n`, ['expected numbers above 0 in a list, found 0; take it out']],
    ['a β in a list that is no number', `${MINIMAL}model: { beta: [1, .inf] }\n`, ['model.beta', 'a list of 2 to 8 numbers above 0']],
    ['nine β', `${MINIMAL}model: { beta: [1, 2, 3, 4, 5, 6, 7, 8, 9] }\n`, ['expected at most 8 numbers in a list, found 9; take some out']],
    ['several β of a network without one', `${MINIMAL}model: { kind: ae, beta: [1, 4] }\n`, ['audit.yaml:2:20', 'the ae network has no KL term', 'set model.kind to vae or beta-vae, or leave model.beta out']],
    ['several β of a network that is not built', `${MINIMAL}model: { kind: gan, beta: [1, 4] }\n`, ['the gan network is not built yet', 'vae, beta-vae']],
    ['a prototype key', `${MINIMAL}__proto__: { seed: 3 }\n`, ['__proto__']],
  ])('%s', async (_what, yaml, words) => {
    const message = await problem(yaml);
    for (const word of words) expect(message).toContain(word);
  });

  it('every problem at once, a line each', async () => {
    const message = await problem('data: { path: people.csv, lable: b }\nmodel: { epochs: 0 }\n', { environment: { PENUMBRA_SEED: 'x' } });
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toContain('environment variable PENUMBRA_SEED');
  });

  it('a data file that is not there by its name alone, without keys that nobody wrote; a sample without its prefix is recognised', async () => {
    const refusal = (file: string): Promise<string> => loadConfig({ file, settings: [], seed: null, backend: null, environment: {}, folder }).then(() => 'accepted', (error: Error) => error.message);
    expect(await refusal('nobody.csv')).toBe(`cannot read the data ${join(folder, 'nobody.csv')}: there is no such file; check its name (sample data is named like sample:hiring)`);
    expect(await refusal('adult')).toContain('did you mean the sample data, sample:adult?');
    expect(await refusal('nobody.yaml')).toMatch(/there is no configuration .*nobody\.yaml: check its name; .*init people\.csv writes one/);
    expect(await refusal(folder)).toMatch(/it is no file; name a file, or a pattern such as/);
  });

  it('a flag, by its name', async () => {
    expect(await problem(MINIMAL, { settings: ['modle.epochs=3'] })).toContain('flag --set modle.epochs=3: unknown key modle');
    expect(await problem(MINIMAL, { settings: ['model.epochs'] })).toContain('expected path=value');
    expect(await problem(MINIMAL, { settings: ['__proto__.polluted=1'] })).toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
