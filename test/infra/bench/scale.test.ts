import { describe, expect, it } from 'vitest';
import { scaleFigures } from '../../../infra/bench/scale.ts';

describe('the figures of bench scale', () => {
  it('are whole where nothing is lost', () => {
    expect(scaleFigures([{ seconds: 60, busySeconds: 60 }], [{ seconds: 30, busySeconds: 60 }], 2)).toEqual({
      oneWorkerSeconds: 60, manyWorkersSeconds: 30, efficiency: 1, occupied: 1, slowdown: 1, serialSeconds: 0,
    });
  });

  it('tell serial work from cores that hold each other up', () => {
    // 10 s in which one worker waits, and 50 s shared: 10 + 25.
    const serial = scaleFigures([{ seconds: 60, busySeconds: 60 }], [{ seconds: 35, busySeconds: 60 }], 2);
    expect(serial.serialSeconds).toBeCloseTo(10);
    expect(serial.slowdown).toBe(1);
    expect(serial.efficiency).toBeCloseTo(60 / 70);
    const held = scaleFigures([{ seconds: 60, busySeconds: 60 }], [{ seconds: 36, busySeconds: 72 }], 2);
    expect(held).toMatchObject({ serialSeconds: 0, occupied: 1, slowdown: 1.2 });
    expect(held.efficiency).toBeCloseTo(held.occupied / held.slowdown);
  });

  it('are medians of the rounds', () => {
    const figures = scaleFigures([60, 90, 62].map((seconds) => ({ seconds, busySeconds: seconds })), [30, 31, 70].map((seconds) => ({ seconds, busySeconds: 2 * seconds })), 2);
    expect(figures).toMatchObject({ oneWorkerSeconds: 62, manyWorkersSeconds: 31, efficiency: 1 });
  });
});
