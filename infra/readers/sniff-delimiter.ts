/** In order of preference among equals. */
const CANDIDATES = [',', '\t', ';', '|'] as const;
const SAMPLE_LINES = 50;

/**
 * The delimiter of a text's first lines: the candidate that is found equally often, and most often, in every line, outside quotes.
 * When none is, the most frequent one of the first line; when that has none, a space if spaces make columns, else a comma (a file of
 * one column).
 * sample: the start of the file; a last line cut short is left out when there are others.
 */
export function sniffDelimiter(sample: string): string {
  const lines = linesOf(sample);
  let best: string = CANDIDATES[0], bestScore = 0;
  for (const candidate of CANDIDATES) {
    const counts = lines.map((line) => line.split(candidate).length - 1);
    const first = counts[0] ?? 0;
    const agreeing = counts.filter((count) => count === first).length / Math.max(1, counts.length);
    const score = first === 0 ? 0 : agreeing * 1000 + first;
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return bestScore === 0 && areSpaced(lines) ? ' ' : best;
}

/** Whether runs of spaces make columns: at least three in every line, as many in each. */
function areSpaced(lines: readonly string[]): boolean {
  const cells = lines.map((line) => line.trim().split(/ +/).length);
  return cells.length > 1 && cells[0]! >= 3 && cells.every((count) => count === cells[0]);
}

/** The non-empty lines of the sample, with a mark for what stands in quotes. */
function linesOf(sample: string): readonly string[] {
  const lines = sample.replaceAll(/"(?:[^"]|"")*"/g, '_').split(/\r\n|\n|\r/);
  if (lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES);
}
