const LONGEST = 60;

/** At most 60 characters of a text from the data, on one line. */
export function shortText(text: string): string {
  const line = text.slice(0, 4 * LONGEST).replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Up to 6 significant digits, thousands separated by commas: `99,999`, `0.0125`, `1.5e+21`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number.isInteger(value) && Math.abs(value) < 1e15 ? value : Number(value.toPrecision(6));
  const text = String(rounded);
  if (text.includes('e')) return text;
  const [whole, fraction] = text.split('.');
  const grouped = whole!.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A share as a percentage that does not round to 0 or 100: `99.5 %`, `0.002 %`. */
export function percentText(share: number): string {
  const percent = 100 * share;
  if (percent <= 0 || percent >= 100) return `${percent <= 0 ? 0 : 100} %`;
  const fromEnd = Math.min(percent, 100 - percent);
  const digits = fromEnd >= 10 ? 0 : Math.min(6, Math.max(1, Math.ceil(-Math.log10(fromEnd))));
  return `${Number(percent.toFixed(digits))} %`;
}
