/** What a column is for. */
export type ColumnRole =
  | 'id' | 'feature' | 'protected' | 'label' | 'score' | 'prediction' | 'weight' | 'cluster' | 'sequence' | 'time' | 'excluded';

export interface ColumnProfile {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly roles: readonly ColumnRole[];
  readonly missing: number;
  readonly distinct: number;
  readonly number: {
    readonly min: number; readonly q1: number; readonly median: number; readonly q3: number; readonly max: number;
    readonly mean: number; readonly std: number;
    /** counts[i] lies in [edges[i], edges[i+1]). */
    readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  } | null;
  /** The most frequent levels, most frequent first (at most 12), and how many rows the others hold. */
  readonly categories: { readonly top: readonly { readonly value: string; readonly count: number }[]; readonly others: number } | null;
  readonly note: string | null;
}

export interface Profile {
  /** Data rows in the file. */
  readonly rows: number;
  readonly usable: number;
  readonly unusable: readonly { readonly reason: string; readonly count: number; readonly rows: readonly number[] }[];
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly columns: readonly ColumnProfile[];
  /** The label as understood: `null` without one. */
  readonly label: { readonly column: string; readonly positive: string; readonly how: string; readonly missing: number } | null;
  readonly notes: readonly string[];
}
