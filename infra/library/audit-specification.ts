import type { AuditConfig, DataConfig, DebiasConfig, FairnessConfig, ModelConfig, OutliersConfig, ReportConfig } from '../../activities/audit-config.ts';
import type { StoreConfig } from '../store/open-store.ts';

/** What `audit.yaml` says, as an object. Every key has a default but `data.path`; an unknown key is refused with the nearest known one. */
export interface AuditSpecification {
  readonly name?: string;
  readonly data: Partial<Omit<DataConfig, 'path' | 'positive'>> & {
    /** A data file, or `sample:adult`, `sample:compas`, `sample:german`. */
    readonly path: string;
    readonly positive?: string | number | boolean | null;
  };
  readonly model?: Partial<ModelConfig>;
  readonly fairness?: Partial<Omit<FairnessConfig, 'tolerance'>> & { readonly tolerance?: number | Readonly<Record<string, number>> };
  readonly debias?: Partial<DebiasConfig>;
  readonly outliers?: Partial<OutliersConfig>;
  readonly report?: Partial<ReportConfig>;
  readonly seed?: number;
  readonly backend?: AuditConfig['backend'];
  /** `.penumbra` in the folder without one. */
  readonly store?: StoreConfig;
  /** A Temporal service; a background host of this machine without one. */
  readonly temporal?: { readonly address?: string; readonly namespace?: string };
}
