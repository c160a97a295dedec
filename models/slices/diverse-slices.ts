import type { Candidate } from './beam-search.ts';
import { type Bits, countCommon, emptyBits, uniteBits, withoutBits } from './bits.ts';
import { countEvents, type ExpectedRates } from './count-events.ts';

const MOST_OVERLAP = 0.5;
/** A slice that lies in a better one by this share has to have a clearly higher ratio of events to expected events. */
const INSIDE = 0.8;
const SHARPER = 1.25;
/** Any other slice has to stand out by what it adds to all better ones: rows of its own, worse off by this factor and these deviates. */
const STILL = 1.1;
const OWN_DEVIATE = 1.65;

type Place = 'apart' | 'sharper' | 'repeats';

function placeOf(candidate: Candidate, better: Candidate): Place {
  const common = countCommon(candidate.rows, better.rows);
  if (common / (candidate.size + better.size - common) > MOST_OVERLAP) return 'repeats';
  if (common < INSIDE * candidate.size) return 'apart';
  return candidate.events * better.expected < SHARPER * better.events * candidate.expected ? 'repeats' : 'sharper';
}

/**
 * The best slices that do not mostly repeat better ones.
 * @param candidates best first
 * @param event the rows of the event
 */
export function diverseSlices(candidates: readonly Candidate[], event: Bits, expected: ExpectedRates, most: number): Candidate[] {
  const chosen: Candidate[] = [];
  let covered = emptyBits(32 * event.length);
  for (const candidate of candidates) {
    if (chosen.length === most) break;
    if (candidate.events <= candidate.expected) continue;
    const places = new Set(chosen.map((better) => placeOf(candidate, better)));
    if (places.has('repeats')) continue;
    const own = countEvents(withoutBits(candidate.rows, covered), event, expected);
    if (!places.has('sharper') && (own.deviate < OWN_DEVIATE || own.events < STILL * own.expected)) continue;
    chosen.push(candidate);
    covered = uniteBits(covered, candidate.rows);
  }
  return chosen;
}
