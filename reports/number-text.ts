/** Up to 9 significant digits, as every file of a result writes its numbers; empty for what is no finite number. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/** For people: three significant digits, thousands separated by commas; an en dash for what does not exist. */
export function shortNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return grouped(value);
  const size = Math.abs(value);
  if (size >= 1000) return grouped(Math.round(value));
  if (size < 1e-4) return minus(value.toExponential(1));
  return minus(String(Number(value.toPrecision(digits))));
}

/** 0.1942 → `19.4 %`. */
export function percent(value: number | null | undefined, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return `${minus((100 * value).toFixed(decimals))} %`;
}

/** A difference of two shares: 0.1942 → `19.4 points`. */
export function points(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return `${minus((100 * value).toFixed(1))} points`;
}

/** The same with its sign: `+1.2 points`. */
export function signedPoints(value: number | null | undefined): string {
  const text = points(value);
  return value !== null && value !== undefined && value > 0 && !text.startsWith('0.0') ? `+${text}` : text.replace(/^−0\.0 /, '0.0 ');
}

/** 0.187, 0.201 → `18.7 to 20.1 points`; null for no interval. */
export function pointsInterval(interval: readonly [number, number] | null): string | null {
  return interval === null ? null : `${minus((100 * interval[0]).toFixed(1))} to ${points(interval[1])}`;
}

/** 0.187, 0.201 → `18.7 to 20.1 %`; null for no interval. */
export function percentInterval(interval: readonly [number, number] | null): string | null {
  return interval === null ? null : `${minus((100 * interval[0]).toFixed(1))} to ${percent(interval[1])}`;
}

/** A p- or q-value: `< 0.0001` rather than a row of zeros. */
export function probability(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return value < 1e-4 ? '< 0.0001' : value.toFixed(value < 0.01 ? 4 : 3);
}

export function count(value: number): string {
  return grouped(Math.round(value));
}

/** Text whose bare whole numbers of five digits and more are counts: `all 48842 rows` → `all 48,842 rows`. Quoted ones, and those after `=`, are values. */
export function groupThousands(text: string): string {
  return text.replace(/(?<![\w.,"“'`=−-]|= )\d{5,}(?!\w|\.\d|["”'`])/g, (digits) => count(Number(digits)));
}

function grouped(value: number): string {
  return minus(String(value).replace(/\B(?=(\d{3})+$)/g, ','));
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}
