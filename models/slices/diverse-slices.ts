import type { Candidate } from './beam-search.ts';
import { type Bits, countCommon, countTriple } from './bits.ts';

const MOST_OVERLAP = 0.5;
/** A slice that lies in a better one by this share has to be worse off than it by SHARPER; one that holds a better one has to be worse off without it. */
const INSIDE = 0.8;
const SHARPER = 1.25;
const STILL = 1.1;

interface Overlap {
  readonly candidate: Candidate;
  readonly better: Candidate;
  readonly common: number;
  /** Events in common. */
  readonly commonEvents: number;
  readonly overall: number;
}

function saysNothingNew({ candidate, better, common, commonEvents, overall }: Overlap): boolean {
  if (common / (candidate.size + better.size - common) > MOST_OVERLAP) return true;
  if (common >= INSIDE * candidate.size) return candidate.events / candidate.size < SHARPER * better.events / better.size;
  if (common < INSIDE * better.size) return false;
  return (candidate.events - commonEvents) / (candidate.size - common) < STILL * overall;
}

/** The best slices that do not mostly repeat a better one. candidates: best first. event: the rows of the event; overall: its rate. */
export function diverseSlices(candidates: readonly Candidate[], event: Bits, overall: number, most: number): Candidate[] {
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    if (chosen.length === most) break;
    if (candidate.events / candidate.size <= overall) continue;
    const repeats = chosen.some((better) => saysNothingNew({
      candidate, better, common: countCommon(candidate.rows, better.rows), commonEvents: countTriple(candidate.rows, better.rows, event), overall,
    }));
    if (!repeats) chosen.push(candidate);
  }
  return chosen;
}
