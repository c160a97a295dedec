import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DetectorRun, OutlierTask } from './outlier-tables.ts';
import { peerEnvironment, type PeerEnvironment } from './peer-environment.ts';

const run = promisify(execFile);

const VERSION = '3.6.7';
const BYTES = 2e9;

/** With PyOD's own settings; a detector that fails gives no scores. */
const SCRIPT = `
import json, sys, time, warnings
import numpy as np
warnings.filterwarnings("ignore")
spec = json.load(open(sys.argv[1]))
x = np.fromfile(spec["x"], dtype=np.float32).reshape(spec["rows"], spec["columns"]).astype(np.float64)
fitted = x if spec["fitted"] is None else x[np.asarray(spec["fitted"])]
from pyod.models.iforest import IForest
from pyod.models.hbos import HBOS
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.mcd import MCD
from pyod.models.ecod import ECOD
from pyod.models.copod import COPOD
from pyod.models.gmm import GMM
seed = spec["seed"]
HBOS().fit(np.random.default_rng(0).random((50, 3)))  # compiles what it needs: not timed
detectors = {
    "iforest": lambda: IForest(random_state=seed), "hbos": HBOS, "knn": lambda: KNN(n_neighbors=10, method="mean"), "lof": LOF, "mcd": lambda: MCD(random_state=seed),
    "ecod": ECOD, "copod": COPOD, "gmm": lambda: GMM(n_components=4, random_state=seed),
}
found = []
for name, make in detectors.items():
    begun = time.perf_counter()
    try:
        scores = make().fit(fitted).decision_function(x)
    except Exception:
        scores = np.full(len(x), np.nan)
    np.asarray(scores, dtype=np.float64).tofile(spec["folder"] + "/" + name)
    found.append({"detector": name, "seconds": time.perf_counter() - begun})
print(json.dumps(found))
`;

/** PyOD's detectors in an environment of Python, beside ours. */
export class Pyod {
  readonly #peer: PeerEnvironment;
  readonly #folder: string;

  /** @throws SetupError when Python or the package index cannot be reached */
  static async install(keep: boolean, say: (line: string) => void): Promise<Pyod> {
    const peer = await peerEnvironment({ name: `pyod-${VERSION}`, packages: [`pyod==${VERSION}`], bytes: BYTES, say, keep }), folder = await mkdtemp(join(tmpdir(), 'penumbra-pyod-'));
    await writeFile(join(folder, 'script.py'), SCRIPT);
    return new Pyod(peer, folder);
  }

  private constructor(peer: PeerEnvironment, folder: string) {
    this.#peer = peer;
    this.#folder = folder;
  }

  async run({ x, fitted, seed }: OutlierTask): Promise<readonly DetectorRun[]> {
    const folder = this.#folder, file = join(folder, 'x'), specification = join(folder, 'task.json');
    await writeFile(file, new Uint8Array(x.values.buffer, x.values.byteOffset, x.values.byteLength));
    await writeFile(specification, JSON.stringify({ x: file, folder, rows: x.rows, columns: x.columns, fitted: fitted === null ? null : [...fitted], seed }));
    const { stdout } = await run(this.#peer.python, [join(folder, 'script.py'), specification], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as readonly { readonly detector: string; readonly seconds: number }[];
    return Promise.all(found.map(async ({ detector, seconds }) => {
      const bytes = await readFile(join(folder, detector));
      return { detector, seconds, scores: new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) };
    }));
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await this.#peer.dispose();
  }
}
