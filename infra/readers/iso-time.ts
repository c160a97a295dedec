const DAY_MS = 86_400_000;

/** ISO 8601 of a date by its days since 1970-01-01; null when there is no such date. */
export function isoDate(days: number | bigint | null | undefined): string | null {
  if (days === null || days === undefined) return null;
  const date = new Date(Number(days) * DAY_MS);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, -14);
}

/**
 * ISO 8601 of a moment by its count of units since 1970-01-01T00:00:00Z. digits: of the second that a unit is the last of, 3 for
 * milliseconds, 6 for microseconds, 9 for nanoseconds. Zeros at the end of the fraction are left out. Null when there is no such moment.
 */
export function isoTime(count: bigint | number | null | undefined, digits: 0 | 3 | 6 | 9): string | null {
  if (count === null || count === undefined) return null;
  const units = 10n ** BigInt(digits), value = BigInt(count);
  const fraction = ((value % units) + units) % units, seconds = (value - fraction) / units;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const decimals = fraction === 0n ? '' : `.${fraction.toString().padStart(digits, '0').replace(/0+$/, '')}`;
  return `${date.toISOString().slice(0, -5)}${decimals}Z`;
}
