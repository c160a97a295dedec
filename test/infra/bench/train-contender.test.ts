import { describe, expect, it } from 'vitest';
import { Contender } from '../../../infra/bench/train-contender.ts';

function contender(script: string): Contender {
  return new Contender({ name: 'other', command: process.execPath, arguments: ['-e', script], environment: { GREETING: 'hello' } });
}

const READY = 'console.log(JSON.stringify({ losses: [3, 2], stepsPerCall: 4, version: process.env.GREETING }));';
const ANSWERS = `${READY} require("readline").createInterface({ input: process.stdin }).on("line", (line) => console.log(JSON.stringify({ seconds: JSON.parse(line).steps / 10, loss: 1 })));`;

describe('Contender', () => {
  it('says when it is ready and answers one request after the other', async () => {
    const other = contender(ANSWERS);
    expect(await other.ready()).toEqual({ losses: [3, 2], stepsPerCall: 4, version: 'hello' });
    expect([await other.train({ steps: 5 }), await other.train({ steps: 20 })]).toEqual([{ seconds: 0.5, loss: 1 }, { seconds: 2, loss: 1 }]);
    await other.end();
    await other.end();
  });

  it('names the error a process dies of, not its stack', async () => {
    const node = contender('throw new RangeError("rows are missing")');
    await expect(node.ready()).rejects.toThrow('other ended before it answered: RangeError: rows are missing');
    const python = contender('console.error("Traceback\\n  File x\\nModuleNotFoundError: No module named \'torch\'\\n"); process.exit(1)');
    await expect(python.ready()).rejects.toThrow("ended before it answered: ModuleNotFoundError: No module named 'torch'");
    await Promise.all([node.end(), python.end()]);
  });

  it('fails when the process ends between requests, or there is none', async () => {
    const other = contender(`${READY} process.stdin.once("data", () => process.exit(3));`);
    await other.ready();
    await expect(other.train({ steps: 1 })).rejects.toThrow('ended before it answered: without a word');
    await other.end();
    const none = new Contender({ name: 'none', command: '/nowhere/python', arguments: [], environment: {} });
    await expect(none.ready()).rejects.toThrow('none ended before it answered');
    await none.end();
  });
});
