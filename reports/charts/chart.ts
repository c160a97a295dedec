import type { ReportInput } from '../report-input.ts';

export type TableCell = string | number | null;

/** What a chart shows, for those who would rather read it; numbers are shown as they are given. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

export type ChartSection = 'rates' | 'gaps' | 'mitigation' | 'latent' | 'debias' | 'outliers' | 'slices' | 'perturbation' | 'training' | 'beta' | 'profile';

/** A picture before it is drawn. Field names in `spec` are the chart's own; text from data is a value, never a name or an expression. */
export interface Chart {
  /** File name without `.svg`: see `chartSlug`; made unique when drawn. */
  readonly name: string;
  readonly section: ChartSection;
  /** The protected attribute it is about, if it is about one. */
  readonly attribute: string | null;
  /** States what is to be seen. */
  readonly title: string;
  readonly subtitle: string | null;
  /** For those who cannot see it. */
  readonly description: string;
  /** Vega-Lite, without title and size of paper. */
  readonly spec: ChartSpec;
  readonly table: ChartTable;
  /** A choice that the page offers when scripts run: the option's index goes to `signal`, −1 for all. */
  readonly choices?: { readonly signal: string; readonly label: string; readonly all: string; readonly options: readonly string[] };
  /** Which numbers come from the reference classifier, and not from the audited model. */
  readonly reference: boolean;
}

export type ChartSpec = { readonly [key: string]: unknown };

/** Charts of one kind: none when the audit lacks what they show. */
export type ChartMaker = (input: ReportInput) => readonly Chart[];

/** A chart drawn: `svg` shows without a script, `vega` is what the page's script brings to life. */
export interface DrawnChart extends Chart {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly vega: unknown;
}
