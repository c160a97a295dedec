/**
 * The percentile bootstrap of fairness-coverage.ts beside Fairlearn's own interval of the same counts: MetricFrame(n_boot, ci_quantiles),
 * difference_ci(). Fairlearn draws rows of the whole table, so that the sizes of groups vary too; ours draws within groups.
 * node test/bench/fairlearn-interval.ts [draws]
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { peerEnvironment } from '../../infra/bench/peer-environment.ts';
import { percentileInterval } from './coverage-cells.ts';

const CASES: readonly { readonly x: readonly number[]; readonly n: readonly number[] }[] = [
  { x: [60, 52], n: [200, 200] }, { x: [1, 100], n: [30, 5000] }, { x: [30, 28, 33, 25, 31, 29, 36, 27], n: [100, 100, 100, 100, 100, 100, 100, 100] }, { x: [490, 27, 495, 29], n: [500, 30, 500, 30] },
];

const SCRIPT = `
import json, sys, warnings
import numpy as np, fairlearn
from fairlearn.metrics import MetricFrame, selection_rate
warnings.filterwarnings("ignore")
draws = int(sys.argv[1])
for case in json.loads(sys.argv[2]):
    group = np.repeat(np.arange(len(case["n"])), case["n"])
    chosen = np.concatenate([np.repeat([1, 0], [x, n - x]) for x, n in zip(case["x"], case["n"])])
    frame = MetricFrame(metrics=selection_rate, y_true=chosen, y_pred=chosen, sensitive_features=group, n_boot=draws, ci_quantiles=[0.025, 0.975], random_state=0)
    print(json.dumps({"version": fairlearn.__version__, "ends": [float(end) for end in frame.difference_ci()]}), flush=True)
`;

const draws = Number(process.argv[2] ?? 2000), { python, dispose } = await peerEnvironment({ name: 'fairlearn', packages: ['fairlearn'], bytes: 1e9, say: (line) => process.stderr.write(`${line}\n`) });
try {
  const { stdout } = await promisify(execFile)(python, ['-c', SCRIPT, String(draws), JSON.stringify(CASES)]);
  const show = (ends: readonly number[]): string => ends.map((end) => (100 * end).toFixed(1)).join(' to ');
  for (const [i, line] of stdout.trim().split('\n').entries()) {
    const { version, ends } = JSON.parse(line) as { version: string; ends: readonly number[] }, { x, n } = CASES[i]!;
    process.stdout.write(`| ${x.map((events, g) => `${events}/${n[g]}`).join(', ')} | ${show(ends)} (Fairlearn ${version}, ${draws} draws) | ${show(percentileInterval(x, n, 100_000))} |\n`);
  }
} finally {
  await dispose();
}
