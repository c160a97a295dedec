/**
 * Coverage, width, false disparities and false parities of gap and ratio intervals on the acceptance grid of METHODS, with a percentile
 * bootstrap of the largest gap (what Fairlearn's MetricFrame gives) beside them. A cell below 92.4 per cent is run
 * again, by itself, with ten times the trials. Rows go to a CSV file as they are done; a run that finds rows there goes on.
 * node test/bench/fairness-coverage.ts [trials] [draws] [file.csv] [workers]
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { grid, MEASURES, runCell, type Cell, type Outcome } from './coverage-cells.ts';
import { summary, type CoverageRow } from './coverage-summary.ts';

const FLOOR = 0.924;
const HEADER = `cell,groups,size,shape,rate,case,trials,${MEASURES.join(',')}`;

interface Settings { readonly trials: number; readonly draws: number; readonly index: number }

function measure({ trials, draws, index }: Settings, cells: readonly Cell[]): Outcome {
  const cell = cells[index]!, first = runCell(cell, index, trials, draws);
  return Math.min(first.cover, first.ratioCover) < FLOOR ? runCell(cell, cells.length + index, 10 * trials, draws) : first;
}

function lineOf(index: number, { groups, size, shape, rate, case: kind }: Cell, outcome: Outcome): string {
  return [index, groups, size, shape, rate, kind, outcome.trials, ...MEASURES.map((name) => Number(outcome[name].toFixed(5)))].join();
}

function parse(line: string): CoverageRow {
  const [index, groups, size, shape, rate, kind, trials, ...values] = line.split(',');
  return { index: Number(index), groups: Number(groups), size: Number(size), shape: shape!, rate: Number(rate), case: kind!, trials: Number(trials),
    ...Object.fromEntries(MEASURES.map((name, i) => [name, Number(values[i])])) } as unknown as CoverageRow;
}

/** Rows that a run with the same trials has left. */
function doneIn(file: string, first: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines[0] === first ? lines.slice(2).filter((line) => line.split(',').length === HEADER.split(',').length) : [];
}

async function work(cells: readonly Cell[], [trials = '2000', draws = '1000', file = 'fairness-coverage.csv', workers = '1']: readonly string[]): Promise<void> {
  const first = `# trials a cell ${trials}; draws ${draws}; level 0.95; tolerance 0.05; ratio 0.8`, begun = performance.now();
  const lines = doneIn(file, first), done = new Set(lines.map((line) => Number(line.split(',')[0]))), queue = [...cells.keys()].filter((index) => !done.has(index));
  const save = (): void => writeFileSync(file, `${[first, HEADER, ...lines.toSorted((a, b) => Number(a.split(',')[0]) - Number(b.split(',')[0]))].join('\n')}\n`);
  save();
  await Promise.all(Array.from({ length: Math.min(Number(workers), queue.length) }, () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { trials: Number(trials), draws: Number(draws) } });
    const next = (): void => {
      const index = queue.shift();
      if (index === undefined) void worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(index, []);
    };
    worker.on('error', reject).on('message', (line: string) => {
      lines.push(line);
      appendFileSync(file, `${line}\n`);
      process.stderr.write(`${lines.length}/${cells.length} cells, ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
      next();
    });
    next();
  })));
  save();
  process.stdout.write(`${summary(lines.map(parse).toSorted((a, b) => a.index - b.index))}\n`);
}

const cells = grid();
if (isMainThread) await work(cells, process.argv.slice(2));
else {
  const { trials, draws } = workerData as Omit<Settings, 'index'>;
  parentPort!.on('message', (index: number) => parentPort!.postMessage(lineOf(index, cells[index]!, measure({ trials, draws, index }, cells)), []));
}
