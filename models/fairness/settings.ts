/** What the audit's rules are, fixed before the data is looked at. */
export interface FairnessSettings {
  readonly level: number;
  /** For differences: a default, and by metric. */
  readonly tolerance: { readonly default: number; readonly [metric: string]: number };
  /** The smallest ratio that is accepted. */
  readonly ratio: number;
  /** Point values with a smaller denominator are hidden. */
  readonly minimum: number;
  readonly seed: number;
}

/**
 * The tolerance of one estimand: the first that is set under one of its names, which may leave out `_difference` or `_ratio`.
 * @param fallback for the names that none was set for; null: no test without a tolerance of its own
 */
export function toleranceOf(settings: FairnessSettings, names: readonly string[], fallback: number | null): number | null {
  for (const name of names) {
    if (Object.hasOwn(settings.tolerance, name)) return settings.tolerance[name]!;
  }
  for (const name of names.filter((each) => each.endsWith('_difference')).map((each) => each.replace(/_difference$/, ''))) {
    if (Object.hasOwn(settings.tolerance, name)) return settings.tolerance[name]!;
  }
  return fallback;
}
