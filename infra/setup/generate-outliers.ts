import { csvOf, drawsOf, rounded, yesNo, type Row } from './generated-rows.ts';

export const OUTLIERS_ROWS = 5_000;

/** Rows of each planted kind: one in 250. */
const EVERY = 250;
const KINDS = ['far', 'broken', 'combination'] as const;
/** Each device has its own modes; a planted combination takes one of another device. */
const MODES = { pump: ['idle', 'run'], fan: ['slow', 'fast'], valve: ['open', 'shut'] } as const;

type Kind = (typeof KINDS)[number] | 'none';

/**
 * Sensor readings that follow two hidden factors, with 60 planted outliers, 20 of a kind: `far` (one reading seven deviations away),
 * `broken` (each reading is usual, but two that rise together part), `combination` (a mode that the device does not have).
 */
export function generateOutliers(): string {
  const draws = drawsOf('outliers');
  const rows = Array.from({ length: OUTLIERS_ROWS }, (_, i): Row => {
    const place = i % EVERY, planted: Kind = place === 50 ? 'far' : place === 130 ? 'broken' : place === 210 ? 'combination' : 'none';
    const load = draws.normal(0, 1), heat = draws.normal(0, 1);
    const device = draws.one([['pump', 0.4], ['fan', 0.35], ['valve', 0.25]] as const);
    const other = device === 'pump' ? 'fan' : device === 'fan' ? 'valve' : 'pump';
    const modes = MODES[planted === 'combination' ? other : device], noise = (): number => draws.normal(0, 0.25);
    const far = planted === 'far' ? 7 : 0, turn = planted === 'broken' ? -1 : 1, strong = planted === 'broken' ? Math.sign(load) * 1.8 : load;
    return {
      device, mode: modes[draws.yes(0.5) ? 0 : 1],
      pressure: rounded(10 + 2 * (strong + noise() + far), 2), flow: rounded(50 + 8 * (turn * strong + noise()), 2), current: rounded(5 + (strong + noise()), 3),
      temperature: rounded(60 + 6 * (heat + noise()), 2), vibration: rounded(1 + 0.2 * (heat + noise()), 3), noise_level: rounded(70 + 3 * (0.6 * load + 0.6 * heat + noise()), 2),
      is_outlier: yesNo(planted !== 'none'), outlier_kind: planted,
    };
  });
  return csvOf(rows);
}
