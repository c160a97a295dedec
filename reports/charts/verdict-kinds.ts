import type { Verdict } from '../../models/fairness/types.ts';
import type { DotKind } from './dot-interval.ts';

/** A verdict is told by colour, shape and word, so that none is needed alone. */
export const VERDICT_KINDS: readonly DotKind[] = [
  { label: 'disparity', colour: 'orange', shape: 'diamond' },
  { label: 'undecided', colour: 'grey', shape: 'square' },
  { label: 'parity', colour: 'green', shape: 'circle' },
  { label: 'no verdict', colour: 'purple', shape: 'triangle-up' },
];

export function verdictKind(verdict: Verdict | null): number {
  return verdict === 'disparity' ? 0 : verdict === 'undecided' ? 1 : verdict === 'parity' ? 2 : 3;
}

/** The kinds that occur among some rows, and each row's place among them. */
export function usedKinds<T extends { readonly kind: number }>(rows: readonly T[], kinds: readonly DotKind[]): { readonly rows: readonly T[]; readonly kinds: readonly DotKind[] } {
  const used = kinds.map((_, i) => i).filter((i) => rows.some((row) => row.kind === i));
  return { rows: rows.map((row) => ({ ...row, kind: used.indexOf(row.kind) })), kinds: used.map((i) => kinds[i]!) };
}
