import { csvOf, drawsOf, rounded, yesNo, type Row } from './generated-rows.ts';

export const CLEAN_ROWS = 20_000;

/**
 * The control: decisions of a model that treats everybody alike. Half of all people in every group are suitable, 85 % of those and 10 % of
 * the others are chosen, whatever their sex or group: every true gap is 0 and every ratio 1, and any finding here is a false alarm.
 */
export function generateClean(): string {
  const draws = drawsOf('clean');
  const rows = Array.from({ length: CLEAN_ROWS }, (): Row => {
    const suitable = draws.yes(0.5), quality = draws.normal(suitable ? 0.7 : -0.7, 1), chosen = draws.yes(suitable ? 0.85 : 0.1);
    return {
      sex: draws.one([['Female', 0.5], ['Male', 0.5]]), ethnicity: draws.one([['A', 0.4], ['B', 0.3], ['C', 0.3]]),
      skill: rounded(50 + 10 * quality + draws.normal(0, 6), 1), experience: rounded(draws.between(0, 20), 1), hours: rounded(draws.normal(38, 6), 0, 5, 70),
      field: draws.one([['office', 0.5], ['workshop', 0.3], ['road', 0.2]]),
      suitable: yesNo(suitable), decision: yesNo(chosen),
    };
  });
  return csvOf(rows);
}
