/** The interval of an alarm's effect, in the effect's own unit. */
export function intervalText([low, high]: readonly [number, number]): string {
  return `Interval: ${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}`;
}
