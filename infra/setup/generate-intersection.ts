import { csvOf, drawsOf, rounded, yesNo, type Row } from './generated-rows.ts';

export const INTERSECTION_ROWS = 18_000;

const BASE_RATE = 0.7;

/**
 * Loan decisions that are unfair to one thin intersection alone: women born abroad, 2 % of the rows, get 45 % of the loans that they would
 * repay, everybody else 80 %. Their true selection rate is 0.405 against 0.65, while sex alone shows a gap of 0.010 and birthplace alone of
 * 0.018. Their incomes and debts lie apart from the others', so that the latent space has a thin region there.
 */
export function generateIntersection(): string {
  const draws = drawsOf('intersection');
  const rows = Array.from({ length: INTERSECTION_ROWS }, (): Row => {
    const sex = draws.one([['Female', 0.5], ['Male', 0.5]] as const);
    const birthplace = draws.yes(sex === 'Female' ? 0.04 : 0.5) ? 'abroad' : 'home', thin = sex === 'Female' && birthplace === 'abroad';
    const repaid = draws.yes(BASE_RATE), quality = draws.normal(repaid ? 0.5 : -0.5, 1);
    return {
      sex, birthplace,
      income: rounded((thin ? 1500 : 3000) + 400 * quality + draws.normal(0, 350), 0, 300), debt_ratio: rounded((thin ? 0.62 : 0.35) - 0.05 * quality + draws.normal(0, 0.06), 3, 0, 1),
      years_in_job: rounded((thin ? 2 : 9) + quality + draws.normal(0, thin ? 0.8 : 3), 1, 0), household: Math.max(1, Math.round(draws.normal(thin ? 4.5 : 2.5, 1))),
      purpose: draws.one([['home', 0.4], ['car', 0.35], ['study', 0.25]]),
      repaid: yesNo(repaid), decision: yesNo(draws.yes(repaid ? (thin ? 0.45 : 0.8) : 0.3)),
    };
  });
  return csvOf(rows);
}
