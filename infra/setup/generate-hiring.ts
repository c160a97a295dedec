import { csvOf, drawsOf, rounded, yesNo, type Row } from './generated-rows.ts';

export const HIRING_ROWS = 12_000;

/** Chances of being hired, by sex, of those who would perform well and of the others. Region and age have no part in it. */
const CHANCES = { Male: { well: 0.8, others: 0.2 }, Female: { well: 0.65, others: 0.12 } } as const;
const BASE_RATE = 0.4;

/**
 * Applicants whom a model scored and decided on. As many women as men would perform well (40 %), and women are hired less often among
 * both: the true gaps are 0.15 in true positive rate, 0.08 in false positive rate and 0.108 in selection rate (ratio 0.755); by region all are 0.
 */
export function generateHiring(): string {
  const draws = drawsOf('hiring');
  const rows = Array.from({ length: HIRING_ROWS }, (_, i): Row => {
    const sex = draws.one([['Male', 0.55], ['Female', 0.45]] as const), well = draws.yes(BASE_RATE);
    const quality = draws.normal(well ? 0.8 : -0.8, 1), years = draws.between(0, 25) * draws.between(0, 1);
    const hired = draws.yes(well ? CHANCES[sex].well : CHANCES[sex].others);
    return {
      applicant_id: `a${String(i + 1).padStart(5, '0')}`, sex, age: Math.floor(21 + years + draws.between(0, 18)),
      region: draws.one([['North', 0.3], ['South', 0.3], ['East', 0.25], ['West', 0.15]]),
      years_experience: rounded(years, 1), degree: draws.one([['none', 0.3], ['bachelor', 0.5], ['master', 0.2]]),
      test_points: rounded(60 + 12 * quality + draws.normal(0, 5), 0, 0, 100), interview_points: rounded(5 + 1.2 * quality + draws.normal(0, 1), 1, 0, 10),
      performed_well: yesNo(well), score: rounded(hired ? draws.between(0.5, 0.99) : draws.between(0.01, 0.49), 3), decision: yesNo(hired),
    };
  });
  return csvOf(rows);
}
