import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { peerEnvironment } from './peer-environment.ts';

const run = promisify(execFile);

export interface FairlearnBench {
  readonly case: string;
  readonly version: string;
  readonly rows: number;
  readonly attributes: number;
  readonly draws: number;
  readonly seconds: number;
  readonly rowDrawsPerSecond: number;
}

/** The same kind of rows and four of the rates, by MetricFrame over the three attributes together. */
const SCRIPT = `
import json, sys, time, warnings
import numpy as np, pandas as pd, fairlearn
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate, false_positive_rate
from sklearn.metrics import accuracy_score
warnings.filterwarnings("ignore")
n, draws = int(sys.argv[1]), int(sys.argv[2])
r = np.random.default_rng(1)
sex = (r.random(n) < 0.4).astype(int)
race = np.searchsorted([0.7, 0.85, 0.94, 0.98], r.random(n))
age = np.searchsorted([30, 45, 60], 18 + r.integers(0, 62, n), side="right")
y = (r.random(n) < 0.3 - 0.05 * sex - 0.02 * race).astype(int)
d = (r.random(n) < np.where(y == 1, 0.7, 0.15) - 0.02 * sex).astype(int)
begun = time.perf_counter()
frame = MetricFrame(metrics={"selection_rate": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate, "accuracy": accuracy_score}, y_true=y, y_pred=d,
                    sensitive_features=pd.DataFrame({"sex": sex, "race": race, "age": age}), n_boot=draws, ci_quantiles=[0.025, 0.975], random_state=0)
frame.difference_ci()
print(json.dumps({"seconds": time.perf_counter() - begun, "version": fairlearn.__version__}))
`;

const FAIRLEARN_BYTES = 1e9;

/** Runs Fairlearn's bootstrap in an environment of Python that is removed afterwards. @throws SetupError when Python or the package index cannot be reached */
export async function benchFairlearn(rows: number, draws: number, say: (line: string) => void): Promise<FairlearnBench> {
  const peer = await peerEnvironment({ name: 'fairlearn', packages: ['fairlearn'], bytes: FAIRLEARN_BYTES, say });
  try {
    say(`Fairlearn: ${rows} rows, ${draws} draws`);
    const { stdout } = await run(peer.python, ['-c', SCRIPT, String(rows), String(draws)]);
    const { seconds, version } = JSON.parse(stdout) as { seconds: number; version: string };
    return { case: 'fairlearn', version, rows, attributes: 3, draws, seconds, rowDrawsPerSecond: (rows * draws) / seconds };
  } finally {
    await peer.dispose();
  }
}
